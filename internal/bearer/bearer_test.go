package bearer_test

import (
	"errors"
	"testing"

	"github.com/emersion/go-sasl"

	"github.com/oknodesk/okno/internal/bearer"
)

func offer(names ...string) func(string) bool {
	return func(name string) bool {
		for _, n := range names {
			if n == name {
				return true
			}
		}
		return false
	}
}

func TestTheMechanismThatTheServerOffersIsSpoken(t *testing.T) {
	for _, c := range []struct {
		offered     []string
		login, want string
		mechanism   string
	}{
		{[]string{"PLAIN", bearer.OAuthBearer, bearer.XOAuth2}, "a@desk.example", "user=a@desk.example\x01auth=Bearer t0k\x01\x01", bearer.XOAuth2},
		{[]string{bearer.OAuthBearer}, "a=b,c@desk.example", "n,a=a=3Db=2Cc@desk.example,\x01auth=Bearer t0k\x01\x01", bearer.OAuthBearer},
	} {
		by, err := bearer.New(offer(c.offered...), c.login, "t0k")
		if err != nil {
			t.Fatal(err)
		}
		mechanism, first, err := by.Start()
		if err != nil || mechanism != c.mechanism || string(first) != c.want {
			t.Errorf("%s %q %v", mechanism, first, err)
		}
	}
	if _, err := bearer.New(offer("PLAIN", "LOGIN"), "a", "t"); !errors.Is(err, bearer.ErrNone) {
		t.Errorf("none is offered: %v", err)
	}
	for _, bad := range []string{"a\x01auth=Bearer x", "a\r\n", "\x00"} {
		if _, err := bearer.New(offer(bearer.XOAuth2), bad, "t"); err == nil {
			t.Errorf("a login of %q", bad)
		}
		if _, err := bearer.New(offer(bearer.XOAuth2), "a", bad); err == nil {
			t.Errorf("a token of %q", bad)
		}
	}
}

// The other end is that of a library that knows nothing of ours.
func TestARefusalEndsTheExchangeAndIsNamed(t *testing.T) {
	server := sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
		if o.Username == "a@desk.example" && o.Token == "good" {
			return nil
		}
		return &sasl.OAuthBearerError{Status: "invalid_token", Schemes: "bearer"}
	})
	by, err := bearer.New(offer(bearer.OAuthBearer), "a@desk.example", "bad")
	if err != nil {
		t.Fatal(err)
	}
	_, first, err := by.Start()
	if err != nil {
		t.Fatal(err)
	}
	challenge, done, err := server.Next(first)
	if err != nil || done {
		t.Fatalf("done %v, %v", done, err)
	}
	answer, err := by.Next(challenge)
	if err != nil {
		t.Fatal(err)
	}
	_, done, err = server.Next(answer)
	var no *bearer.Refusal
	if !done || err == nil || !errors.As(by.Failed(err), &no) || no.Status != "invalid_token" {
		t.Errorf("done %v, %v", done, by.Failed(err))
	}
	if err := by.Failed(nil); err != nil {
		t.Errorf("a success: %v", err)
	}
}
