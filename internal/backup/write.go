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
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/db"
)

// Source is the installation that a backup is made of.
type Source struct {
	DB      *db.DB
	Blob    blob.Store
	Key     []byte // the installation's key as its file holds it
	KeyOut  bool   // the key is left out of the backup; its print stays
	Program string
	Now     func() time.Time
	Rest    Rest
}

// Rest is called after every few rows or some bytes, and may hold the work back;
// nil: it goes on as fast as it can.
type Rest func(context.Context) error

func (r Rest) pause(ctx context.Context) error {
	if r == nil {
		return nil
	}
	return r(ctx)
}

// restEvery is after how many rows, or after how many bytes of a member.
const (
	restEvery     = 64
	restEveryByte = 256 << 10
)

// Write makes a backup while the installation works on: all rows as they were
// at one moment after the call began, and every attachment they name.
func Write(ctx context.Context, s Source, to io.Writer) (Manifest, error) {
	packed, err := zstd.NewWriter(to, zstd.WithEncoderConcurrency(1)) // what is held back is all of it
	if err != nil {
		return Manifest{}, err
	}
	w := &writer{ctx: ctx, tar: tar.NewWriter(packed), rest: s.Rest, m: Manifest{
		Format: format, Made: s.Now().UTC().Truncate(time.Second), Program: s.Program,
		Database: s.DB.Dialect().String(), KeyPrint: Print(s.Key), KeyInside: !s.KeyOut,
	}}
	err = w.all(s)
	if err == nil {
		err = errors.Join(w.tar.Close(), packed.Close())
	}
	return w.m, err
}

type writer struct {
	ctx context.Context
	tar *tar.Writer
	m   Manifest

	rest Rest
}

func (w *writer) all(s Source) error {
	if !s.KeyOut {
		if err := w.member(keyName, s.Key); err != nil {
			return err
		}
	}
	// The rows first: bytes are kept before a row names them, so all that these
	// rows name are there when the attachments are walked, but what was erased in
	// between.
	err := s.DB.Snapshot(w.ctx, func(tx *db.Tx) (err error) {
		if w.m.Schema, err = s.DB.Schema(tx); err != nil {
			return err
		}
		tables, err := s.DB.Tables(tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if err := w.table(tx, t); err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
		}
		w.m.Sequences, err = s.DB.Sequences(tx)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.Blob.Walk(w.ctx, func(b blob.Blob, _ time.Time) error { return w.file(s.Blob, b) }); err != nil {
		return fmt.Errorf("attachments: %w", err)
	}
	text, err := json.MarshalIndent(w.m, "", " ")
	if err != nil {
		return err
	}
	return w.put(manifestName, text)
}

// table writes a table's rows in members of bounded size.
func (w *writer) table(tx *db.Tx, t db.Table) error {
	var all sum
	var chunk bytes.Buffer
	var line []byte
	parts := 0
	flush := func() error {
		parts++
		err := w.member(fmt.Sprintf("%s%s-%06d.jsonl", rowsDir, t.Name, parts), chunk.Bytes())
		chunk.Reset()
		return err
	}
	err := eachRow(tx, t, t.Select(), nil, func(row []any) (err error) {
		if line, err = appendRow(line[:0], t.Columns, row); err != nil {
			return err
		}
		all.add(line)
		chunk.Write(line)
		if chunk.Len() >= chunkBytes {
			err = flush()
		}
		if err == nil && all.rows%restEvery == 0 {
			err = w.rest.pause(w.ctx)
		}
		return err
	})
	if err == nil && chunk.Len() > 0 {
		err = flush()
	}
	w.m.Tables = append(w.m.Tables, Rows{Name: t.Name, Columns: t.Columns, Count: all.rows, Sum: all.String()})
	return err
}

// member writes a small file and enters it in the manifest.
func (w *writer) member(name string, content []byte) error {
	hash := sha256.Sum256(content)
	w.m.Members = append(w.m.Members, Member{Name: name, Size: int64(len(content)), Hash: hex.EncodeToString(hash[:])})
	return w.put(name, content)
}

func (w *writer) put(name string, content []byte) error {
	if err := w.head(name, int64(len(content))); err != nil {
		return err
	}
	for piece := range slices.Chunk(content, restEveryByte) {
		if _, err := w.tar.Write(piece); err != nil {
			return err
		}
		if err := w.rest.pause(w.ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) head(name string, size int64) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	return w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: w.m.Made, Format: tar.FormatPAX})
}

// file copies one attachment. One that was erased since it was listed is not
// missed; one whose bytes have changed on the disk is copied and told of.
func (w *writer) file(from blob.Store, b blob.Blob) error {
	content, err := from.Open(w.ctx, b.Hash)
	if errors.Is(err, blob.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	defer content.Close()
	if err := w.head(filesDir+b.Hash, b.Size); err != nil {
		return err
	}
	hash := sha256.New()
	to := io.MultiWriter(w.tar, hash)
	for left := b.Size; left > 0; left -= restEveryByte {
		if _, err := io.CopyN(to, content, min(left, restEveryByte)); err != nil {
			return fmt.Errorf("%s: %w", b.Hash, err)
		}
		if err := w.rest.pause(w.ctx); err != nil {
			return err
		}
	}
	if hex.EncodeToString(hash.Sum(nil)) != b.Hash {
		w.m.Damaged = append(w.m.Damaged, b.Hash)
	}
	w.m.Files++
	w.m.FileBytes += b.Size
	return nil
}
