package desk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk/internal/store"
	"github.com/oknodesk/okno/internal/jobs"
	"github.com/oknodesk/okno/internal/mail"
	"github.com/oknodesk/okno/internal/secret"
)

// IntakeJobKind is the duty to take a kept letter's steps; its payload is an
// IntakeJob.
const IntakeJobKind = "intake"

// IntakeJob says which kept letter is to be read.
type IntakeJob struct {
	Letter okno.KeptLetterID `json:"letter"`
}

// KeepLetter makes a letter durable with the job that will read it: after it
// returns nil the sender may be told 250. The same letter again is kept once
// (same says so), with the signed reply addresses that it came to each time.
// k.Raw holds the bytes as they came.
func (d *Desk) KeepLetter(ctx context.Context, k okno.KeptLetter) (same bool, err error) {
	identity := mail.IdentityHash(k.Raw, d.Now())
	row := store.KeptLetter{KeptLetter: k}
	row.Ref, row.At, row.State, row.Size = okno.Ref(secret.NewRef()), d.Now(), okno.KeptNew, int64(len(k.Raw))
	row.Identity, row.MessageID = identity[:], cut(k.MessageID, 998)
	packed := packer.EncodeAll(k.Raw, nil)
	if len(packed) <= smallLetter {
		row.Packed = packed
	} else {
		kept, err := d.blob.Put(ctx, bytes.NewReader(packed), int64(len(packed)))
		if err != nil {
			return false, err
		}
		row.Blob = kept.Hash
	}
	err = d.write(ctx, func(tx store.Tx) error {
		added, err := tx.KeepLetter(&row)
		if same = !added; err != nil {
			return err
		}
		if same {
			return d.alsoTo(tx, row.ID, row.EnvelopeTo)
		}
		return d.putIntake(tx, row.ID)
	})
	return same, err
}

// KeptLetter is a kept letter with its bytes, for the steps of intake. Raw is
// nil when they are past their keeping time.
func (d *Desk) KeptLetter(ctx context.Context, letter okno.KeptLetterID) (okno.KeptLetter, error) {
	var k store.KeptLetter
	if err := d.readAlong(ctx, func(tx store.Tx) (err error) {
		if k, err = tx.WholeLetter(letter); err != nil {
			return err
		}
		err = tx.ReadAlsoTo(&k.KeptLetter)
		return err
	}); err != nil {
		return k.KeptLetter, err
	}
	err := d.unpack(ctx, &k)
	return k.KeptLetter, err
}

func (d *Desk) unpack(ctx context.Context, k *store.KeptLetter) error {
	if k.Blob != "" {
		var err error
		if k.Packed, err = d.readBlob(ctx, k.Blob); err != nil {
			return err
		}
	}
	if len(k.Packed) == 0 {
		return nil
	}
	var err error
	k.Raw, err = unpacker.DecodeAll(k.Packed, nil)
	return err
}

// keptHead bounds what is read of a letter's header, in bytes.
const keptHead = 64 << 10

// headers read the beginnings of packed letters.
var headers = sync.Pool{New: func() any {
	r, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxLetter), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err) // the options are wrong
	}
	return r
}}

// KeptHead is the beginning of a kept letter, 64 KB at most, and its Message-ID.
// It is nil when the letter is past its keeping time.
func (d *Desk) KeptHead(ctx context.Context, letter okno.KeptLetterID) (head []byte, messageID string, err error) {
	var k store.KeptLetter
	if err := d.readOneAlong(ctx, func(tx store.Tx) (err error) {
		k, err = tx.WholeLetter(letter)
		return err
	}); err != nil {
		return nil, "", err
	}
	if k.Blob == "" && (k.Size <= keptHead || len(k.Packed) == 0) {
		err := d.unpack(ctx, &k)
		return k.Raw, k.MessageID, err
	}
	packed := io.Reader(bytes.NewReader(k.Packed))
	if k.Blob != "" {
		file, err := d.blob.Open(ctx, k.Blob)
		if err != nil {
			return nil, "", err
		}
		defer file.Close()
		packed = file
	}
	unpacked := headers.Get().(*zstd.Decoder)
	defer headers.Put(unpacked)
	if err := unpacked.Reset(packed); err != nil {
		return nil, "", err
	}
	head, err = io.ReadAll(io.LimitReader(unpacked, keptHead))
	return head, k.MessageID, errors.Join(err, unpacked.Reset(nil))
}

// SameElsewhere is where the same letter, sent to another mailbox of ours,
// has led; okno.ErrNotFound: nowhere yet.
func (d *Desk) SameElsewhere(ctx context.Context, k okno.KeptLetter) (okno.KeptLetter, error) {
	var other store.KeptLetter
	err := d.readOneAlong(ctx, func(tx store.Tx) (err error) {
		other, err = tx.KeptElsewhere(k)
		return err
	})
	return other.KeptLetter, err
}

// MessageIDUsed reports whether a different letter bears the same Message-ID.
func (d *Desk) MessageIDUsed(ctx context.Context, k okno.KeptLetter) (used bool, err error) {
	err = d.readOneAlong(ctx, func(tx store.Tx) (err error) {
		used, err = tx.MessageIDUsed(k)
		return err
	})
	return used, err
}

// SaveVerdicts keeps what became of a kept letter and why. duty, the job that
// took its steps, ends with it.
func (d *Desk) SaveVerdicts(ctx context.Context, k okno.KeptLetter, duty ...jobs.Job) error {
	return d.write(ctx, func(tx store.Tx) error {
		if err := tx.SaveVerdicts(k); err != nil {
			return err
		}
		if err := tx.HeedAlsoTo(k); err != nil {
			return err
		}
		if err := d.stopped(tx, k); err != nil {
			return err
		}
		return jobs.Done(tx.Tx, duty...)
	})
}

// KeptLetters lists letters that came in, newest first, without bytes, in one
// state or all (""), before one of them ("": from the newest).
func (d *Desk) KeptLetters(ctx context.Context, by okno.Actor, state okno.KeptState, before okno.Ref) (letters []okno.KeptLetter, more bool, err error) {
	if !by.MayManage(okno.SeeLetters) {
		return nil, false, okno.ErrForbidden
	}
	return d.keptRows(ctx, before, func(tx store.Tx, from okno.KeptLetterID, limit int) ([]store.KeptLetter, error) {
		return tx.KeptLetters(state, from, limit)
	})
}

// keptRows is a page of the letters that find returns, before one of them ("":
// from the newest).
func (d *Desk) keptRows(ctx context.Context, before okno.Ref, find func(tx store.Tx, from okno.KeptLetterID, limit int) ([]store.KeptLetter, error)) (letters []okno.KeptLetter, more bool, err error) {
	err = d.read(ctx, func(tx store.Tx) error {
		var from okno.KeptLetterID
		if before != "" {
			k, err := tx.KeptLetterByRef(before)
			if err != nil {
				return err
			}
			from = k.ID
		}
		ks, err := find(tx, from, pageRows+1)
		if more = len(ks) > pageRows; more {
			ks = ks[:pageRows]
		}
		letters = nil
		for _, k := range ks {
			letters = append(letters, k.KeptLetter)
		}
		return err
	})
	return letters, more, err
}

// KeptPage is a kept letter with its bytes and the number of the ticket it
// joined, for the administrator.
func (d *Desk) KeptPage(ctx context.Context, by okno.Actor, ref okno.Ref) (okno.KeptLetter, okno.Number, error) {
	if !by.MayManage(okno.SeeLetters) {
		return okno.KeptLetter{}, "", okno.ErrForbidden
	}
	var k store.KeptLetter
	var number okno.Number
	if err := d.read(ctx, func(tx store.Tx) (err error) {
		if k, err = tx.KeptLetterByRef(ref); err != nil {
			return err
		}
		if k.Packed, err = tx.PackedLetter(k.ID); err != nil || k.Ticket == 0 {
			return err
		}
		t, err := tx.TicketLed(okno.System().Sees(), k.Ticket)
		number = t.Number
		return err
	}); err != nil {
		return k.KeptLetter, "", err
	}
	err := d.unpack(ctx, &k)
	return k.KeptLetter, number, err
}

// ReplayLetter takes a kept letter's steps again. What it led to already it
// leads to again: it never makes a second message.
func (d *Desk) ReplayLetter(ctx context.Context, by okno.Actor, ref okno.Ref) error {
	return d.manage(ctx, by, okno.SeeLetters, func(tx store.Tx) (int64, okno.Event, error) {
		k, err := tx.KeptLetterByRef(ref)
		if err != nil {
			return 0, okno.Event{}, err
		}
		packed, err := tx.PackedLetter(k.ID)
		if err == nil && len(packed) == 0 && k.Blob == "" {
			err = okno.Refuse(okno.Conflict, "error.letter.gone")
		}
		if err != nil {
			return 0, okno.Event{}, err
		}
		return int64(k.ID), okno.NewEvent(okno.LetterReplayed, okno.EventData{}), d.putIntake(tx, k.ID)
	})
}
