package post_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"

	"github.com/oknodesk/okno/internal/bearer"
	"github.com/oknodesk/okno/internal/post"
)

// good is the token that the sink takes, longer than a command's line may be.
var good = "good" + strings.Repeat("x", 3000)

// tokens lets whoever shows the good token in.
func (s *session) tokens() sasl.Server {
	check := func(login, token string) bool {
		s.in = login == s.sink.login && token == good
		return s.in
	}
	if s.sink.by == bearer.XOAuth2 {
		return &xoauth2{check: check}
	}
	return sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
		if check(o.Username, o.Token) {
			return nil
		}
		return &sasl.OAuthBearerError{Status: "invalid_token", Schemes: "bearer"}
	})
}

// xoauth2 is the server's side of Google's and Microsoft's mechanism.
type xoauth2 struct {
	check   func(login, token string) bool
	refused bool
}

func (x *xoauth2) Next(said []byte) (challenge []byte, done bool, err error) {
	switch {
	case x.refused:
		return nil, true, errors.New("no")
	case len(said) == 0: // it comes in a line of its own
		return []byte{}, false, nil
	}
	login, rest, _ := strings.Cut(strings.TrimPrefix(string(said), "user="), "\x01")
	token, end, _ := strings.Cut(strings.TrimPrefix(rest, "auth=Bearer "), "\x01")
	if end == "\x01" && x.check(login, token) {
		return nil, true, nil
	}
	x.refused = true
	return []byte(`{"status":"400","schemes":"Bearer"}`), false, nil
}

func TestARelayIsShownAToken(t *testing.T) {
	for by, said := range map[string]string{bearer.XOAuth2: "refused the token: 400", bearer.OAuthBearer: "refused the token: invalid_token"} {
		t.Run(by, func(t *testing.T) {
			s := newSink(t, func(s *sink) { s.login, s.by = "desk@desk.example", by })
			relay := s.relay()
			token, refused := "old", ""
			relay.Login = s.login
			relay.Token = func(context.Context) (string, error) { return token, nil }
			relay.Refused = func(_ context.Context, was string) { token, refused = good, was }
			out := transport(t, relay)
			_, err := out.Send(t.Context(), "support@desk.example", "carl@customer.example", plainLetter)
			if err == nil || !strings.Contains(err.Error(), said) || strings.Contains(err.Error(), "old") {
				t.Errorf("an old token: %v", err)
			}
			var no *post.Refusal
			if errors.As(err, &no) {
				t.Error("the letter bears the blame")
			}
			if refused != "old" {
				t.Errorf("told of %q", refused)
			}
			_, err = out.Send(t.Context(), "support@desk.example", "carl@customer.example", plainLetter)
			if err != nil || len(s.taken()) != 1 {
				t.Errorf("a good one: %v", err)
			}
		})
	}
}

func TestALetterWaitsWhereThereIsNoToken(t *testing.T) {
	s := newSink(t, func(s *sink) { s.login, s.by = "desk", bearer.XOAuth2 })
	relay := s.relay()
	relay.Login = "desk"
	relay.Token = func(context.Context) (string, error) { return "", errors.New("access refused by the provider") }
	if err := transport(t, relay).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "access refused by the provider") {
		t.Error(err)
	}
	plain := newSink(t, func(s *sink) { s.login = "desk" })
	relay.Port = plain.relay().Port
	relay.Token = func(context.Context) (string, error) { return good, nil }
	if err := transport(t, relay).Check(t.Context()); !errors.Is(err, bearer.ErrNone) {
		t.Errorf("a relay that takes no tokens: %v", err)
	}
}
