package secret

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"golang.org/x/crypto/argon2"
)

func TestPasswordIsVerifiedByItsHashOnly(t *testing.T) {
	ctx := t.Context()
	hash, err := HashPassword(ctx, "Окно во двор №7")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %q is not PHC argon2id at 19 MiB, t=2, p=1", hash)
	}
	for pw, want := range map[string]bool{
		"Окно во двор №7":  true,
		"Окно во двор №8":  false,
		"окно во двор №7":  false,
		"":                 false,
		"Окно во двор №7 ": false,
	} {
		ok, rehash, err := VerifyPassword(ctx, hash, pw)
		if ok != want || rehash || err != nil {
			t.Errorf("VerifyPassword(%q) = %v, rehash %v, %v; want %v", pw, ok, rehash, err, want)
		}
	}
	again, err := HashPassword(ctx, "Окно во двор №7")
	if err != nil || again == hash {
		t.Errorf("the same password hashed twice gives the same text: no salt (%v)", err)
	}
}

func TestDecomposedLettersAreTheSamePassword(t *testing.T) {
	composed, decomposed := "мой пароль ё", "мои\u0306 пароль е\u0308"
	hash, err := HashPassword(t.Context(), composed)
	if err != nil {
		t.Fatal(err)
	}
	if ok, _, err := VerifyPassword(t.Context(), hash, decomposed); !ok || err != nil {
		t.Errorf("typed on a Mac it is refused (%v)", err)
	}
}

// Known answer from the argon2 package called directly: the format is not only our own.
func TestHashOfAnotherPriceIsAcceptedAndRenewed(t *testing.T) {
	sum := argon2.IDKey([]byte("correct horse"), []byte("saltsaltsaltsalt"), 1, 64, 1, 32)
	hash := "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$" + encode(sum)
	ok, rehash, err := VerifyPassword(t.Context(), hash, "correct horse")
	if !ok || !rehash || err != nil {
		t.Errorf("right password: ok %v, rehash %v, %v", ok, rehash, err)
	}
	ok, rehash, err = VerifyPassword(t.Context(), hash, "wrong horse")
	if ok || rehash || err != nil {
		t.Errorf("wrong password: ok %v, rehash %v, %v", ok, rehash, err)
	}
}

func TestMalformedOrRuinousHashIsRefused(t *testing.T) {
	for _, hash := range []string{
		"", "$", "plain", "$2a$10$abcdefghijklmnopqrstuv",
		"$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA",
		"$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA",
		"$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA",
		"$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA",
		"$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA",
		"$argon2id$v=19$m=64,t=4294967295,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA",
		"$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$",
		"$argon2id$v=19$m=64,t=1,p=1$!!!$c2FsdHNhbHRzYWx0c2FsdA",
	} {
		if ok, _, err := VerifyPassword(t.Context(), hash, "anything at all"); ok || !errors.Is(err, ErrMalformedHash) {
			t.Errorf("VerifyPassword(%q) = %v, %v; want ErrMalformedHash", hash, ok, err)
		}
	}
}

func TestEndlessPasswordCostsNothing(t *testing.T) {
	long := strings.Repeat("я", 5_000_000)
	if _, err := HashPassword(t.Context(), long); !errors.Is(err, TooLong) {
		t.Errorf("HashPassword: %v, want TooLong", err)
	}
	hash, err := HashPassword(t.Context(), "long enough")
	if err != nil {
		t.Fatal(err)
	}
	if ok, _, err := VerifyPassword(t.Context(), hash, long); ok || err != nil {
		t.Errorf("VerifyPassword: %v, %v", ok, err)
	}
	if err := VerifyNothing(t.Context(), long); err != nil {
		t.Errorf("VerifyNothing: %v", err)
	}
}

func TestVerifyNothingWaitsInTheSameQueue(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := VerifyNothing(cancelled, "some password"); !errors.Is(err, context.Canceled) {
		t.Errorf("VerifyNothing: %v, want Canceled", err)
	}
	if _, err := HashPassword(cancelled, "some password"); !errors.Is(err, context.Canceled) {
		t.Errorf("HashPassword: %v, want Canceled", err)
	}
}

func TestGateLetsTwoWorkOneWaitAndTurnsTheRestAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(2, 1)
		release := make(chan struct{})
		working, done := 0, make(chan error, 3)
		for range 3 {
			go func() { done <- g.do(t.Context(), func() { working++; <-release }) }()
			synctest.Wait()
		}
		if working != 2 {
			t.Errorf("%d work at once, want 2", working)
		}
		if err := g.do(t.Context(), func() { t.Error("a fourth ran") }); !errors.Is(err, ErrBusy) {
			t.Errorf("the fourth got %v, want ErrBusy", err)
		}
		close(release)
		for range 3 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if err := g.do(t.Context(), func() {}); err != nil {
			t.Errorf("after all left: %v", err)
		}
	})
}

func TestWaitingEndsWithTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 1)
		release := make(chan struct{})
		go g.do(t.Context(), func() { <-release })
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan error, 1)
		go func() { got <- g.do(ctx, func() { t.Error("ran after its request ended") }) }()
		synctest.Wait()
		cancel()
		if err := <-got; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want Canceled", err)
		}
		close(release)
	})
}

func BenchmarkHashPassword(b *testing.B) {
	for b.Loop() {
		if _, err := HashPassword(b.Context(), "correct horse"); err != nil {
			b.Fatal(err)
		}
	}
}
