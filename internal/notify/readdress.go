package notify

import (
	"context"
	"fmt"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/jobs"
)

// readdress writes a letter that came back once more, to another address of
// its reader.
func (w *Notifier) readdress(ctx context.Context, duty jobs.Job, event okno.EventID) error {
	l, to, err := w.desk.Readdressed(ctx, event)
	if err != nil {
		return err
	}
	n, err := w.desk.Notice(ctx, l.Event)
	if err != nil {
		return err
	}
	person := n.People[l.Person]
	person.ID, person.Address = l.Person, to
	told := []recipient{{person: person, letter: l.Kind}}
	t, err := w.threadOf(ctx, n, told)
	if err != nil {
		return err
	}
	files, err := w.enclose(ctx, n, told)
	if err != nil {
		return err
	}
	o, err := w.write(ctx, draft{n: n, recipient: told[0], origin: fmt.Sprintf("event:%d:%s:%d", event, l.Kind, l.Person), thread: t, files: files})
	if err != nil {
		return err
	}
	return w.desk.Tell(ctx, []desk.Outgoing{o}, nil, duty)
}
