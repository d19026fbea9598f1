package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// readable holds no vowels, so that no word arises by chance, and none of 0 O 1 l.
const readable = "23456789bcdfghjkmnpqrstvwxyz"

// NewToken returns a token of 256 random bits for a link or cookie, in base64url
// without padding (43 characters), and its hash: only the hash is stored.
func NewToken() (token string, hash []byte) {
	token = randomText(32)
	return token, HashToken(token)
}

// HashToken returns the SHA-256 of token (32 bytes), by which it is looked up.
// Tokens are random, so they need no slow hash and no salt.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// NewRef returns a short public name for a row (13 characters, 62 bits), lower
// case letters and digits. It is hard to guess, but it is not a secret.
func NewRef() string { return randomReadable(13) }

// GeneratePassword returns a password that can be read aloud and typed from
// paper: three groups of five (72 bits), joined by hyphens.
func GeneratePassword() string {
	return strings.Join([]string{randomReadable(5), randomReadable(5), randomReadable(5)}, "-")
}

func randomText(size int) string {
	raw := make([]byte, size)
	rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func randomReadable(length int) string {
	// Bytes at or above fair would favour the alphabet's first letters.
	const fair = 256 - 256%len(readable)
	out := make([]byte, 0, length)
	raw := make([]byte, 2*length)
	for len(out) < length {
		rand.Read(raw)
		for _, b := range raw {
			if int(b) < fair && len(out) < length {
				out = append(out, readable[int(b)%len(readable)])
			}
		}
	}
	return string(out)
}
