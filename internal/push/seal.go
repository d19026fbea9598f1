package push

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/oknodesk/okno"
)

// recordSize is what is said of a record's size: all that is sent is one
// record, and push services take 4096 bytes (RFC 8030, 7.2).
const recordSize = 4096

// maxPlain is the longest text that can be sealed, in bytes: a record less the
// header of 86, the delimiter and the tag.
const maxPlain = recordSize - 86 - 1 - 16

// seal encrypts a text for a browser, so that its push service cannot read it
// (RFC 8291 with the content coding aes128gcm of RFC 8188).
func seal(to okno.PushTarget, plain []byte) ([]byte, error) {
	own, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	return sealWith(to, plain, own, salt)
}

// sealWith is seal with its two random values given.
func sealWith(to okno.PushTarget, plain []byte, own *ecdh.PrivateKey, salt []byte) ([]byte, error) {
	if len(plain) > maxPlain {
		return nil, fmt.Errorf("push: %d bytes to be sealed, %d allowed", len(plain), maxPlain)
	}
	theirs, err := ecdh.P256().NewPublicKey(to.P256DH)
	if err != nil {
		return nil, fmt.Errorf("push: the browser's key: %w", err)
	}
	shared, err := own.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	key, nonce, err := contentKey(shared, to, own.PublicKey().Bytes(), salt)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	point := own.PublicKey().Bytes()
	sealed := append([]byte(nil), salt...)
	sealed = binary.BigEndian.AppendUint32(sealed, recordSize)
	sealed = append(append(sealed, byte(len(point))), point...)
	return gcm.Seal(sealed, nonce, append(append([]byte(nil), plain...), 2), nil), nil // 2: the last record
}

// contentKey derives the key and nonce of the one record (RFC 8291, 3.4).
func contentKey(shared []byte, to okno.PushTarget, own, salt []byte) (key, nonce []byte, err error) {
	info := append(append([]byte("WebPush: info\x00"), to.P256DH...), own...)
	secret, err := hkdf.Key(sha256.New, shared, to.Auth, string(info), 32)
	if err != nil {
		return nil, nil, err
	}
	if key, err = hkdf.Key(sha256.New, secret, salt, "Content-Encoding: aes128gcm\x00", 16); err != nil {
		return nil, nil, err
	}
	nonce, err = hkdf.Key(sha256.New, secret, salt, "Content-Encoding: nonce\x00", 12)
	return key, nonce, err
}
