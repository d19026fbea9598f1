package secret

import (
	"crypto/cipher"
	"crypto/rand"
	"errors"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrOpen says that sealed bytes cannot be opened: another key, purpose or
// binding, or they were changed. Which, is not told.
var ErrOpen = errors.New("secret: cannot open what was sealed")

// sealedV1 is the first byte of what Seal returns: XChaCha20-Poly1305 with a
// random 24-byte nonce after it.
const sealedV1 = 1

// Box seals small secrets that are stored: a mailbox's password, a link in a
// queued letter. Seal adds 41 bytes. A Box may be used by many at once.
type Box struct{ aead cipher.AEAD }

// Box returns the box for one purpose, a constant of the program.
func (k Key) Box(purpose string) Box {
	aead, err := chacha20poly1305.NewX(k.derive("box:" + purpose))
	if err != nil {
		panic(err) // only for a wrong key length, and ours is constant
	}
	return Box{aead}
}

// Seal encrypts plain. binding names where it belongs (a row's table and id):
// sealed bytes moved to another place do not open there.
func (b Box) Seal(plain []byte, binding string) []byte {
	sealed := make([]byte, 1+b.aead.NonceSize(), 1+b.aead.NonceSize()+len(plain)+b.aead.Overhead())
	sealed[0] = sealedV1
	nonce := sealed[1:]
	rand.Read(nonce)
	return b.aead.Seal(sealed, nonce, plain, []byte(binding))
}

// Open returns what Seal was given with the same binding, or ErrOpen.
func (b Box) Open(sealed []byte, binding string) ([]byte, error) {
	head := 1 + b.aead.NonceSize()
	if len(sealed) < head+b.aead.Overhead() || sealed[0] != sealedV1 {
		return nil, ErrOpen
	}
	plain, err := b.aead.Open(nil, sealed[1:head], sealed[head:], []byte(binding))
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}
