package secret

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func testKey(t *testing.T) Key {
	t.Helper()
	key, err := LoadKey(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestKeyIsMadeOnceAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	keys := make([]Key, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			var err error
			if keys[i], err = LoadKey(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, key := range keys {
		if !bytes.Equal(key.Sub("x"), keys[0].Sub("x")) {
			t.Fatal("processes that started together have different keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("left beside the key: %v (%v)", left, err)
	}
	if other := testKey(t); bytes.Equal(other.Sub("x"), keys[0].Sub("x")) {
		t.Error("two installations have the same key")
	}
}

func TestUnusableKeyFileIsNeverReplaced(t *testing.T) {
	good := keyPrefix + randomText(keyBytes) + "\n"
	for name, file := range map[string]struct {
		text string
		mode os.FileMode
	}{
		"empty":            {"", 0o600},
		"cut short":        {good[:20], 0o600},
		"no prefix":        {randomText(keyBytes), 0o600},
		"wrong size":       {keyPrefix + randomText(16), 0o600},
		"open to everyone": {good, 0o644},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(path, []byte(file.text), file.mode); err != nil {
				t.Fatal(err)
			}
			if _, err := LoadKey(path); !errors.Is(err, ErrKeyFile) {
				t.Errorf("LoadKey: %v, want ErrKeyFile", err)
			} else if strings.Contains(err.Error(), keyPrefix) {
				t.Errorf("the error shows the key: %v", err)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != file.text {
				t.Errorf("the file was changed (%v)", err)
			}
		})
	}
	if _, err := LoadKey(filepath.Join(t.TempDir(), "absent", "key")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
}

func TestKeyDoesNotPrint(t *testing.T) {
	key := testKey(t)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("started", "key", key)
	text := fmt.Sprintf("%v %+v %#v %s", key, key, key, key) + log.String()
	for _, leak := range []string{fmt.Sprint(key.master), fmt.Sprintf("%#v", key.master), string(key.master)} {
		if strings.Contains(text, leak) {
			t.Errorf("the key shows in %q", text)
		}
	}
}

func TestZeroKeyIsNoKey(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a zero Key signs")
		}
	}()
	Key{}.Sign("link", "x")
}

func TestSignatureHoldsForItsPurposeAndMessage(t *testing.T) {
	key := testKey(t)
	good := key.Sign("link", "/files/1?until=5")
	for name, verdict := range map[string]struct{ got, want bool }{
		"itself":          {key.Verify("link", "/files/1?until=5", good), true},
		"other message":   {key.Verify("link", "/files/2?until=5", good), false},
		"other purpose":   {key.Verify("reply", "/files/1?until=5", good), false},
		"other key":       {testKey(t).Verify("link", "/files/1?until=5", good), false},
		"cut short":       {key.Verify("link", "/files/1?until=5", good[:20]), false},
		"empty":           {key.Verify("link", "/files/1?until=5", ""), false},
		"line break in":   {key.Verify("link", "/files/1?until=5", good[:9]+"\n"+good[9:]), false},
		"purpose shifted": {key.Verify("lin", "k/files/1?until=5", good), false},
	} {
		if verdict.got != verdict.want {
			t.Errorf("%s: %v, want %v", name, verdict.got, verdict.want)
		}
	}
}

func TestBoxOpensOnlyWhatItSealedWhereItBelongs(t *testing.T) {
	key := testKey(t)
	box := key.Box("mailbox password")
	plain := []byte("пароль от ящика")
	sealed := box.Seal(plain, "mailbox/7")
	if got, err := box.Open(sealed, "mailbox/7"); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("Open: %q, %v", got, err)
	}
	if bytes.Contains(sealed, plain) || bytes.Equal(sealed, box.Seal(plain, "mailbox/7")) {
		t.Error("sealed text shows, or sealing twice gives the same")
	}
	if got, err := box.Open(box.Seal(nil, ""), ""); err != nil || len(got) != 0 {
		t.Errorf("nothing sealed: %q, %v", got, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"other row":     func() ([]byte, error) { return box.Open(sealed, "mailbox/8") },
		"other purpose": func() ([]byte, error) { return key.Box("letter link").Open(sealed, "mailbox/7") },
		"other key":     func() ([]byte, error) { return testKey(t).Box("mailbox password").Open(sealed, "mailbox/7") },
		"empty":         func() ([]byte, error) { return box.Open(nil, "mailbox/7") },
		"cut short":     func() ([]byte, error) { return box.Open(sealed[:len(sealed)-1], "mailbox/7") },
		"only a head":   func() ([]byte, error) { return box.Open(sealed[:25], "mailbox/7") },
	} {
		if _, err := open(); !errors.Is(err, ErrOpen) {
			t.Errorf("%s: %v, want ErrOpen", name, err)
		}
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := box.Open(changed, "mailbox/7"); !errors.Is(err, ErrOpen) {
			t.Errorf("byte %d changed: %v, want ErrOpen", i, err)
		}
	}
}
