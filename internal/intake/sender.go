package intake

import (
	"context"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/mail"
)

// recogniseSender finds whose letter it says it is. A person nobody knows yet
// is made once the letter is handed over: what is refused makes nobody.
func (r *Receiver) recogniseSender(ctx context.Context, l *reading) (finding, error) {
	l.several = len(l.letter.From) != 1
	if len(l.letter.From) > 0 {
		l.from = l.letter.From[0]
	}
	found := finding{verdict: "from"}
	if mail.Fold(l.from.Addr) == "" {
		l.from = mail.Address{Name: l.from.Name, Addr: l.kept.EnvelopeFrom}
		found = finding{"envelope", "From names nobody; the envelope's sender stands for it"}
	}
	if mail.Fold(l.from.Addr) == "" {
		l.from.Addr = ""
		return finding{"nobody", "neither From nor the envelope names anyone"}, nil
	}
	if l.several && found.verdict == "from" {
		found = finding{"several", "it names more than one sender; the first stands for it"}
	}
	var err error
	l.sender, err = r.desk.KnownSender(ctx, l.from.Addr)
	if okno.ReasonOf(err) == okno.NotFound {
		err = nil
	}
	return found, err
}

// person finds or makes whose the address is. Of two letters that make the
// same person at once one fails; asked again it finds him.
func (r *Receiver) person(ctx context.Context, a mail.Address, lang string) (okno.Person, error) {
	p, err := r.desk.Sender(ctx, a.Name, a.Addr, lang)
	if err != nil && okno.ReasonOf(err) == "" && ctx.Err() == nil {
		return r.desk.Sender(ctx, a.Name, a.Addr, lang)
	}
	return p, err
}
