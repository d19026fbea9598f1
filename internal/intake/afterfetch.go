package intake

import (
	"errors"

	"github.com/emersion/go-imap/v2"

	"github.com/oknodesk/okno"
)

// after does with a letter what is to be done once it is kept. Only this
// letter is ever expunged: a server that cannot do so (RFC 4315) has it marked.
func (k *connection) after(uid imap.UID, f okno.Fetch) error {
	one := imap.UIDSetNum(uid)
	uidPlus := k.c.Caps().Has(imap.CapUIDPlus)
	switch {
	case f.After == okno.DeleteIt && uidPlus:
		if err := k.mark(one, imap.FlagSeen, imap.FlagDeleted); err != nil {
			return err
		}
		return k.expunge(one)
	case f.After == okno.DeleteIt:
		return k.mark(one, imap.FlagSeen, imap.FlagDeleted)
	}
	if f.After != okno.ArchiveIt {
		return k.mark(one, imap.FlagSeen)
	}
	err := k.archive(one, f.Archive, uidPlus)
	var refused *imap.Error
	if !errors.As(err, &refused) || refused.Code != imap.ResponseCodeTryCreate {
		return err
	}
	if err := k.within(commandTime, "create", func() error { return k.c.Create(f.Archive, nil).Wait() }); err != nil {
		return err
	}
	return k.move(one, f.Archive, uidPlus)
}

func (k *connection) mark(one imap.UIDSet, flags ...imap.Flag) error {
	return k.within(commandTime, "mark", func() error {
		return k.c.Store(one, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: flags}, nil).Close()
	})
}

func (k *connection) expunge(one imap.UIDSet) error {
	return k.within(commandTime, "expunge", func() error { return k.c.UIDExpunge(one).Close() })
}

// archive marks the letter and moves it. Both are asked for in one go where
// that can be: a program that dies in between would leave a letter that looks
// as if somebody had read it.
func (k *connection) archive(one imap.UIDSet, folder string, uidPlus bool) error {
	if !k.c.Caps().Has(imap.CapMove) {
		if err := k.mark(one, imap.FlagSeen); err != nil {
			return err
		}
		return k.move(one, folder, uidPlus)
	}
	return k.within(commandTime, "move", func() error {
		mark := k.c.Store(one, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil)
		move := k.c.Move(one, folder)
		marked := mark.Close()
		_, moved := move.Wait()
		if moved != nil {
			return moved
		}
		return marked
	})
}

// move takes the letter to another folder. Without MOVE (RFC 6851) it is
// copied first and expunged only once the copy is there.
func (k *connection) move(one imap.UIDSet, folder string, uidPlus bool) error {
	if k.c.Caps().Has(imap.CapMove) {
		return k.within(commandTime, "move", func() error {
			_, err := k.c.Move(one, folder).Wait()
			return err
		})
	}
	if !uidPlus {
		return errors.New("move: the server can neither move letters nor expunge a single one")
	}
	if err := k.within(commandTime, "copy", func() error {
		_, err := k.c.Copy(one, folder).Wait()
		return err
	}); err != nil {
		return err
	}
	if err := k.mark(one, imap.FlagDeleted); err != nil {
		return err
	}
	return k.expunge(one)
}

// alive reports whether the connection is not known to have ended.
func (k *connection) alive() bool {
	select {
	case <-k.c.Closed():
		return false
	default:
		return true
	}
}
