package secret

import (
	"bytes"
	"encoding/hex"
	"regexp"
	"testing"
)

func TestTokensDifferAndAreFoundByTheirHash(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		token, hash := NewToken()
		if len(token) != 43 || seen[token] {
			t.Fatalf("token %q: %d characters, seen before: %v", token, len(token), seen[token])
		}
		if seen[token] = true; !bytes.Equal(hash, HashToken(token)) {
			t.Fatal("NewToken's hash is not HashToken's")
		}
	}
	// FIPS 180-4's example.
	if got := hex.EncodeToString(HashToken("abc")); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("HashToken is not SHA-256: %s", got)
	}
}

func TestPublicNamesAreEvenlyRandom(t *testing.T) {
	shape := regexp.MustCompile(`^[2-9bcdfghjkmnp-tv-z]{13}$`)
	const refs = 20_000
	seen, count := map[string]bool{}, map[byte]int{}
	for range refs {
		ref := NewRef()
		if !shape.MatchString(ref) || seen[ref] {
			t.Fatalf("ref %q, seen before: %v", ref, seen[ref])
		}
		seen[ref] = true
		for i := range ref {
			count[ref[i]]++
		}
	}
	mean := refs * 13 / len(readable)
	for i := range readable {
		// Nearly five standard deviations; a modulo bias would be nine.
		if n := count[readable[i]]; n < mean-mean/20 || n > mean+mean/20 {
			t.Errorf("%q stands %d times, the mean is %d", readable[i], n, mean)
		}
	}
}
