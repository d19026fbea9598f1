package desk_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/desk"
)

// former puts the index back into the form without words by department.
func (r *rig) former() {
	r.t.Helper()
	must(r.t, r.db.Write(r.ctx(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE search_form SET whole = 0, since = 0, upto = 0`)
		return err
	}))
}

// began sets when a program that knows the form was first here.
func (r *rig) began(at time.Time) {
	r.t.Helper()
	must(r.t, r.db.Write(r.ctx(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE search_form SET since = ?`, at.UnixMicro())
		return err
	}))
}

// renewed waits until the index is whole in its present form.
func (r *rig) renewed() {
	r.t.Helper()
	ctx, stop := context.WithCancel(r.ctx())
	done := make(chan error, 1)
	go func() { done <- r.KeepIndexed(ctx, func() bool { return false }) }()
	defer func() {
		stop()
		must(r.t, <-done)
	}()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for late := time.After(time.Minute); ; {
		_, last, err := r.IndexRenewal(r.ctx())
		must(r.t, err)
		if last == 0 {
			return
		}
		select {
		case <-look.C:
		case <-late:
			r.t.Fatal("the index is not made anew")
		}
	}
}

func TestNarrowAskersFindTheSameBeforeWhileAndAfterTheIndexIsMadeAnew(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		firm := r.firm("7")
		boss := firm.admin()
		var hers, firms, his []okno.Number
		for _, subject := range []string{"Лампа мигает", "Лампы погасли", "Сканер"} {
			n := r.files("Carl", subject, "Принтер не печатает.")
			if his = append(his, n); subject == "Сканер" {
				must(t, r.Transfer(r.ctx(), r.ann, n, r.second.Ref, 0))
			} else {
				hers = append(hers, n)
			}
			o, err := r.OpenTicket(r.ctx(), boss, desk.Opening{Key: "the firm's " + subject, Channel: okno.ChannelWeb, Subject: subject, Text: "Принтером печатают."})
			must(t, err)
			firms, hers = append(firms, o.Number), append(hers, o.Number)
			_, err = r.AddNote(r.ctx(), r.ann, o.Number, desk.Words{Key: "a note to " + subject, Text: "Секрет: принтер чужой.", Channel: okno.ChannelWeb})
			must(t, err)
		}
		carl := r.asker("Carl")
		for _, list := range []*[]okno.Number{&hers, &firms, &his} {
			slices.Reverse(*list)
		}
		check := func(when string) {
			t.Helper()
			for _, c := range []struct {
				who      string
				by       okno.Actor
				question string
				want     []okno.Number
			}{
				{"Ann", r.ann, "принтер печатать ", hers},
				{"Ann", r.ann, "принтер печ", hers},
				{"Ann", r.ann, "лампа принтер", []okno.Number{firms[1], his[1], firms[2], his[2]}},
				{"Ann", r.ann, `"не печатает"`, his[1:]},
				{"Ann", r.ann, "секрета принтеры", firms},
				{"Ann", r.ann, "принтер status:new", hers},
				{"Ann", r.ann, "принтер requester:car", his[1:]},
				{"Bob", r.bob, "принтер печатает", his[:1]},
				{"Bob", r.bob, "лампа принтер", nil},
				{"Boss", boss, "принтер печатает", firms},
				{"Boss", boss, "секрет принтер", nil},
				{"Boss", boss, "не печатает", firms},
				{"Carl", carl, "принтер печатает", his},
			} {
				if got := r.finds(c.by, c.question); !slices.Equal(got, c.want) {
					t.Errorf("%s: %s finds %v for %q, want %v", when, c.who, got, c.question, c.want)
				}
			}
		}
		r.indexed()
		check("in the present form")
		r.former()
		check("in the former form")
		if r.db.Dialect() == db.Postgres {
			r.began(r.clock.Add(-2 * time.Hour)) // no program of before is running any more
		}
		r.renewed()
		check("made anew")
		// Who asks where nothing was changed by hand is answered from the words by
		// department: without them he finds nothing.
		must(t, r.db.Write(r.ctx(), func(tx *db.Tx) error {
			f := db.FullText{Name: "ticket_words", Columns: []string{"open", "inside", "company", "requester", "scope"}}
			return f.Put(tx, int64(r.seen(his[1]).Ticket.ID), []string{"ламп", "принтер"}, nil, nil, nil, []string{"d1"})
		}))
		if got := r.finds(r.ann, "лампа принтер"); slices.Contains(got, his[1]) {
			t.Error("a narrow asker's words are looked for among everybody's")
		}
	})
}
