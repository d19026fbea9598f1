// Package secret keeps what must not be read or guessed: passwords, tokens,
// sealed settings and the installation's key. It never logs.
package secret

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// ErrBusy says that too many passwords are being checked already; the caller
// answers "try again shortly" (429) and nothing was decided.
var ErrBusy = errors.New("secret: too many passwords are being checked")

// ErrMalformedHash says that a stored hash is not one this package writes.
var ErrMalformedHash = errors.New("secret: malformed password hash")

// cost is argon2id's price of one guess.
type cost struct {
	memory  uint32 // KiB
	time    uint32
	threads uint8
}

// current is the price of new hashes: OWASP's argon2id minimum, 19 MiB, t=2, p=1.
var current = cost{memory: 19 * 1024, time: 2, threads: 1}

// dearest bounds what a stored hash may make us spend, so that a hostile row
// (a restored backup, an import) cannot exhaust the machine.
var dearest = cost{memory: 256 * 1024, time: 16, threads: 16}

const (
	saltBytes = 16
	hashBytes = 32
)

// passwordGate holds the process to 2 × 19 MiB and one short queue, whoever asks.
var passwordGate = newGate(2, 32)

// HashPassword returns the argon2id hash of pw in PHC string format, with a
// fresh salt. It refuses only what is longer than MaxPassword; CheckPassword
// judges the rest. It returns ErrBusy when the queue is full and ctx's error
// when ctx ends while waiting.
func HashPassword(ctx context.Context, pw string) (string, error) {
	pw, fits := normalise(pw)
	if !fits {
		return "", TooLong
	}
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	var sum []byte
	err := passwordGate.do(ctx, func() { sum = current.hash(pw, salt, hashBytes) })
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		current.memory, current.time, current.threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum)), nil
}

// VerifyPassword says whether pw is the password behind hash, and whether the
// hash was made at another price than today's and should be made anew from pw.
// rehash is true only together with ok. Errors: ErrBusy, ctx's, ErrMalformedHash.
func VerifyPassword(ctx context.Context, hash, pw string) (ok, rehash bool, err error) {
	price, salt, want, err := parseHash(hash)
	if err != nil {
		return false, false, err
	}
	pw, fits := normalise(pw)
	if !fits {
		return false, false, nil
	}
	err = passwordGate.do(ctx, func() {
		got := price.hash(pw, salt, len(want))
		ok = subtle.ConstantTimeCompare(got, want) == 1
	})
	return ok, ok && (price != current || len(salt) != saltBytes || len(want) != hashBytes), err
}

// VerifyNothing spends what VerifyPassword spends and waits in the same queue,
// for a login that does not exist: the answer's time must not tell.
func VerifyNothing(ctx context.Context, pw string) error {
	pw, fits := normalise(pw)
	if !fits {
		return nil
	}
	return passwordGate.do(ctx, func() { current.hash(pw, make([]byte, saltBytes), hashBytes) })
}

// normalise composes pw (RFC 8265 OpaqueString: NFC), since a Mac types "й" as
// two code points and Windows as one. It reports false when pw is longer than
// any password can be, before work is spent on it.
func normalise(pw string) (string, bool) {
	// A composed character may arrive as several, each up to 4 bytes.
	if len(pw) > MaxPassword*16 {
		return "", false
	}
	pw = norm.NFC.String(pw)
	return pw, len([]rune(pw)) <= MaxPassword
}

func (c cost) hash(pw string, salt []byte, size int) []byte {
	return argon2.IDKey([]byte(pw), salt, c.time, c.memory, c.threads, uint32(size))
}

func parseHash(hash string) (c cost, salt, sum []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, ErrMalformedHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); err != nil {
		return c, nil, nil, ErrMalformedHash
	}
	if c.memory < 8 || c.time < 1 || c.threads < 1 ||
		c.memory > dearest.memory || c.time > dearest.time || c.threads > dearest.threads {
		return c, nil, nil, ErrMalformedHash
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	sum, errSum := base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errSum != nil || len(salt) < 8 || len(salt) > 64 || len(sum) < 16 || len(sum) > 64 {
		return c, nil, nil, ErrMalformedHash
	}
	return c, salt, sum, nil
}
