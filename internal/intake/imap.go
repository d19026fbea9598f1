package intake

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/bearer"
)

// Times of one connection. The library waits for answers for ever, so every
// command stands under a time limit of ours that ends the connection.
const (
	commandTime = time.Minute
	letterFetch = 6 * time.Minute // the body of one letter
	leaveTime   = 5 * time.Second
)

// connection is one to an IMAP server, signed in.
type connection struct {
	c    *imapclient.Client
	peer string
	news chan struct{} // the server said that letters came
	stop func() bool   // of ctx's hold on it
}

// connect signs in to a mailbox. The connection ends with ctx; leave it when
// done.
func (r *Receiver) connect(ctx context.Context, box okno.MailboxID, f okno.Fetch) (*connection, error) {
	token, err := r.token(ctx, box, f)
	if err != nil {
		return nil, err
	}
	dialling, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	conn, err := r.outbound.DialContext(dialling, "tcp", net.JoinHostPort(f.Host, strconv.Itoa(f.Port)))
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	k := &connection{news: make(chan struct{}, 1), peer: peerName(conn.RemoteAddr())}
	if err := k.protect(dialling, conn, f, &tls.Config{ServerName: f.Host, RootCAs: r.roots, NextProtos: []string{"imap"}}); err != nil {
		conn.Close()
		return nil, err
	}
	k.stop = context.AfterFunc(ctx, func() { k.c.Close() })
	err = k.within(commandTime, "greeting", k.c.WaitGreeting)
	if err == nil {
		err = k.within(commandTime, stepSignIn, func() error { return k.signIn(f, token) })
		var no *imap.Error
		if token != "" && (errors.As(err, &no) || errors.As(err, new(*bearer.Refusal))) {
			r.tokens.Refused(ctx, box, token)
		}
	}
	if err == nil {
		err = k.within(commandTime, "capability", k.capable) // asked for once; then known without waiting
	}
	if err != nil {
		k.stop()
		k.c.Close()
		return nil, err
	}
	return k, nil
}

// signIn says who we are, with a token if there is one.
func (k *connection) signIn(f okno.Fetch, token string) error {
	if token == "" {
		return k.c.Login(f.User, f.Password).Wait()
	}
	by, err := bearer.New(func(name string) bool { return k.c.Caps().Has(imap.AuthCap(name)) }, f.User, token)
	if err != nil {
		return err
	}
	return by.Failed(k.c.Authenticate(by))
}

func (k *connection) capable() error {
	if k.c.Caps() == nil {
		return errors.New("the server does not say what it can do")
	}
	return nil
}

// protect begins to speak IMAP, encrypted unless the server is on this machine.
func (k *connection) protect(ctx context.Context, conn net.Conn, f okno.Fetch, secure *tls.Config) error {
	options := &imapclient.Options{TLSConfig: secure, UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages == nil {
				return
			}
			select {
			case k.news <- struct{}{}:
			default:
			}
		},
	}}
	switch f.Security {
	case okno.TLS:
		encrypted := tls.Client(conn, secure)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			return at("TLS", err)
		}
		k.c = imapclient.New(encrypted, options)
	case okno.StartTLS:
		defer context.AfterFunc(ctx, func() { conn.Close() })()
		c, err := imapclient.NewStartTLS(conn, options)
		if err != nil {
			return at("STARTTLS", err)
		}
		k.c = c
	case okno.Plain:
		if at, ok := conn.RemoteAddr().(*net.TCPAddr); !ok || !at.IP.IsLoopback() {
			return errNaked
		}
		k.c = imapclient.New(conn, options)
	default:
		return fmt.Errorf("connect: the security %q is unknown", f.Security)
	}
	return nil
}

// within runs a command under a time limit and says which it was if it fails.
func (k *connection) within(limit time.Duration, name string, command func() error) error {
	timer := time.AfterFunc(limit, func() { k.c.Close() })
	err := command()
	if !timer.Stop() && err != nil {
		return at(name, silence(limit))
	}
	if err != nil {
		return at(name, err)
	}
	return nil
}

// leave signs out as far as that goes, and ends the connection.
func (k *connection) leave() {
	k.stop()
	_ = k.within(leaveTime, "leave", func() error { return k.c.Logout().Wait() }) // it ends all the same
	k.c.Close()
}

func (k *connection) choose(folder string) (*imap.SelectData, error) {
	var selected *imap.SelectData
	err := k.within(commandTime, stepSelect, func() (err error) {
		selected, err = k.c.Select(folder, nil).Wait()
		return err
	})
	return selected, err
}

func (k *connection) search(criteria *imap.SearchCriteria) ([]imap.UID, error) {
	var found *imap.SearchData
	err := k.within(commandTime, "search", func() (err error) {
		found, err = k.c.UIDSearch(criteria, nil).Wait()
		return err
	})
	if err != nil {
		return nil, err
	}
	return found.AllUIDs(), nil
}

// await returns when there may be something new: the server says so, asked
// does, or time has passed.
func (k *connection) await(ctx context.Context, asked <-chan struct{}) error {
	limit, idle := pollTime, (*imapclient.IdleCommand)(nil)
	if k.c.Caps().Has(imap.CapIdle) {
		limit = idleTime
		if err := k.within(commandTime, "idle", func() (err error) {
			idle, err = k.c.Idle()
			return err
		}); err != nil {
			return err
		}
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-k.news:
	case <-asked:
	case <-timer.C:
	case <-ctx.Done():
	case <-k.c.Closed():
	}
	if idle == nil {
		return ctx.Err()
	}
	return k.within(commandTime, "idle", func() error {
		if err := idle.Close(); err != nil {
			return err
		}
		return idle.Wait()
	})
}

// body fetches one letter into s. gone: it is there no longer. size is what
// the server says of it.
func (k *connection) body(uid imap.UID, s *spool) (size int64, gone bool, err error) {
	gone = true
	err = k.within(letterFetch, "fetch", func() error {
		fetch := k.c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{
			UID: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}},
		})
		var filled error
		for m := fetch.Next(); m != nil; m = fetch.Next() {
			for item := m.Next(); item != nil; item = m.Next() {
				switch item := item.(type) {
				case imapclient.FetchItemDataRFC822Size:
					size = item.Size
				case imapclient.FetchItemDataBodySection:
					if item.Literal == nil {
						continue
					}
					gone = false
					filled = errors.Join(filled, s.fill(item.Literal)) // before the next item: it is read from the connection
				}
			}
		}
		return errors.Join(filled, fetch.Close())
	})
	return size, gone, err
}

// sizes are what the server says the letters have, in bytes.
func (k *connection) sizes(uids []imap.UID) (map[imap.UID]int64, error) {
	sizes := map[imap.UID]int64{}
	err := k.within(commandTime, "fetch", func() error {
		all, err := k.c.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
		for _, m := range all {
			sizes[m.UID] = m.RFC822Size
		}
		return err
	})
	return sizes, err
}
