package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// DamagedError says why a file is no whole backup.
type DamagedError struct{ Why string }

func (e *DamagedError) Error() string { return "not a whole backup: " + e.Why }

func damaged(format string, args ...any) error { return &DamagedError{fmt.Sprintf(format, args...)} }

// zstdMemory bounds what unpacking may take.
const zstdMemory = 256 << 20

// walk shows each member in order; a member is read or left before the next.
// Unpacking goes on beside visit, or with it where all is to be held back.
func walk(ctx context.Context, from io.Reader, beside bool, visit func(name string, size int64, content io.Reader) error) error {
	options := []zstd.DOption{zstd.WithDecoderMaxMemory(1 << 40), zstd.WithDecoderMaxWindow(zstdMemory)}
	if !beside {
		options = append(options, zstd.WithDecoderConcurrency(1))
	}
	plain, err := zstd.NewReader(from, options...)
	if err != nil {
		return damaged("it is not packed with zstd (%v)", err)
	}
	defer plain.Close()
	members := tar.NewReader(plain)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		head, err := members.Next()
		if errors.Is(err, io.EOF) {
			// What follows the tar is read too: only then has zstd checked it all.
			more, err := io.Copy(io.Discard, plain)
			if err != nil {
				return damaged("its end is torn (%v)", err)
			}
			if more > 0 {
				return damaged("%d bytes stand behind its end", more)
			}
			return nil
		}
		if err != nil {
			return damaged("it is torn or changed (%v)", err)
		}
		if head.Typeflag != tar.TypeReg {
			return damaged("%q is not a plain file", head.Name)
		}
		if err := visit(head.Name, head.Size, members); err != nil {
			return err
		}
	}
}

// Verify reads a backup whole and checks everything it holds against its
// manifest. Nothing is written. A *DamagedError says what is wrong with it. rest
// may hold it back as Source.Rest does.
func Verify(ctx context.Context, from io.Reader, rest Rest) (Manifest, error) {
	v := &verifier{ctx: ctx, rest: rest}
	if err := walk(ctx, from, rest == nil, v.member); err != nil {
		return Manifest{}, err
	}
	return v.m, v.judge()
}

type verifier struct {
	ctx       context.Context
	rest      Rest
	m         Manifest
	there     bool // the manifest was seen
	found     []Member
	odd       []string // attachments whose bytes are not what their name says
	files     int64
	fileBytes int64
}

func (v *verifier) member(name string, size int64, content io.Reader) error {
	if v.there {
		return damaged("%q stands behind the manifest", name)
	}
	if name == manifestName {
		v.there = true
		return readManifest(size, content, &v.m)
	}
	hash := sha256.New()
	for left := size; left > 0; left -= restEveryByte {
		if _, err := io.CopyN(hash, content, min(left, restEveryByte)); err != nil {
			return damaged("%s is torn or changed (%v)", name, err)
		}
		if err := v.rest.pause(v.ctx); err != nil {
			return err
		}
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	file, ok := strings.CutPrefix(name, filesDir)
	if !ok {
		v.found = append(v.found, Member{Name: name, Size: size, Hash: sum})
		return nil
	}
	v.files++
	v.fileBytes += size
	if sum != file {
		v.odd = append(v.odd, file)
	}
	return nil
}

func readManifest(size int64, content io.Reader, m *Manifest) error {
	if size > maxManifest {
		return damaged("its manifest has %d bytes", size)
	}
	text, err := io.ReadAll(content)
	if err != nil {
		return damaged("its manifest is torn (%v)", err)
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(m); err != nil {
		return damaged("its manifest cannot be read (%v)", err)
	}
	if m.Format > format {
		return damaged("it has form %d, and this program knows up to %d: take a newer one", m.Format, format)
	}
	return nil
}

// judge compares what was found with what the manifest says.
func (v *verifier) judge() error {
	if !v.there {
		return damaged("it has no manifest: the end is missing")
	}
	for i, m := range v.m.Members {
		switch {
		case i >= len(v.found):
			return damaged("%s is missing", m.Name)
		case v.found[i].Name != m.Name:
			return damaged("%s stands where %s belongs", v.found[i].Name, m.Name)
		case v.found[i] != m:
			return damaged("%s is not what it was: its checksum differs", m.Name)
		}
	}
	if len(v.found) > len(v.m.Members) {
		return damaged("%s does not belong to it", v.found[len(v.m.Members)].Name)
	}
	for _, odd := range v.odd {
		if !slices.Contains(v.m.Damaged, odd) {
			return damaged("the attachment %s is not what it was: its checksum differs", odd)
		}
	}
	if v.files != v.m.Files || v.fileBytes != v.m.FileBytes {
		return damaged("it has %d attachments of %d bytes and should have %d of %d", v.files, v.fileBytes, v.m.Files, v.m.FileBytes)
	}
	return nil
}
