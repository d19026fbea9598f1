package secret

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// Key is the installation's master key. Every use takes a key of its own
// derived from it, so that one use cannot be turned against another. The zero
// Key is no key: using it panics. It prints and logs as "[key]".
type Key struct{ master []byte }

const (
	keyBytes = 32
	// keyPrefix names the file's format, should there ever be another.
	keyPrefix = "okno-key-1:"
)

// ErrKeyFile says that the key file exists but cannot be used: it is damaged
// or everyone on the machine can read it. Another is never made in its place,
// since what the lost one sealed could not be opened any more.
var ErrKeyFile = errors.New("secret: unusable key file")

// LoadKey reads the key from the file at path. If there is none it makes one
// (mode 0600), durable before LoadKey returns; of several processes that start
// together all get the same key.
func LoadKey(path string) (Key, error) {
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := createKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return Key{}, err
	}
	return readKey(path)
}

func readKey(path string) (Key, error) {
	file, err := os.Open(path)
	if err != nil {
		return Key{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Key{}, err
	}
	if info.Mode().Perm()&0o007 != 0 {
		return Key{}, fmt.Errorf("%w: %s is open to everyone (mode %#o)", ErrKeyFile, path, info.Mode().Perm())
	}
	raw, err := io.ReadAll(io.LimitReader(file, 256))
	if err != nil {
		return Key{}, err
	}
	text, found := strings.CutPrefix(strings.TrimSpace(string(raw)), keyPrefix)
	master, err := base64.RawURLEncoding.DecodeString(text)
	if !found || err != nil || len(master) != keyBytes {
		return Key{}, fmt.Errorf("%w: %s is damaged", ErrKeyFile, path)
	}
	return Key{master}, nil
}

// createKey writes a whole file aside and links it into place: a crash leaves
// either no key or a good one, and whoever comes second gets fs.ErrExist.
func createKey(path string) (err error) {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".key-*") // 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(temp.Name())) }()
	_, err = temp.WriteString(keyPrefix + randomText(keyBytes) + "\n")
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	file, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// Sub returns the 32-byte key for one purpose (HKDF-SHA-256, RFC 5869). The
// purpose is a constant of the program, such as "reply-address".
func (k Key) Sub(purpose string) []byte { return k.derive("sub:" + purpose) }

// Sign returns an HMAC-SHA-256 (RFC 2104) of msg for one purpose, in base64url
// without padding (43 characters).
func (k Key) Sign(purpose, msg string) string {
	mac := hmac.New(sha256.New, k.derive("sign:"+purpose))
	mac.Write([]byte(msg))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Verify says, in constant time, whether signature is Sign's for this purpose and msg.
func (k Key) Verify(purpose, msg, signature string) bool {
	return hmac.Equal([]byte(signature), []byte(k.Sign(purpose, msg)))
}

func (k Key) derive(info string) []byte {
	if len(k.master) != keyBytes {
		panic("secret: a zero Key is used")
	}
	sub, err := hkdf.Key(sha256.New, k.master, nil, info, keyBytes)
	if err != nil {
		panic(err) // only for a length HKDF cannot give, and ours is constant
	}
	return sub
}

// String keeps the key out of printed text.
func (k Key) String() string { return "[key]" }

// GoString keeps the key out of %#v.
func (k Key) GoString() string { return "[key]" }

// LogValue keeps the key out of logs.
func (k Key) LogValue() slog.Value { return slog.StringValue("[key]") }
