package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// examineTo is the running server's part of okno doctor.
func (h *House) examineTo(ctx context.Context, answer io.Writer, args url.Values) error {
	f := &findings{to: answer, json: true}
	h.examine(ctx, f, args.Get("files") == "whole")
	return f.err
}

// examineAlone does it where no server runs: nothing is made or changed.
func examineAlone(ctx context.Context, c *Config, log *slog.Logger, f *findings, whole bool) error {
	if _, err := os.Stat(c.KeyFile); err != nil {
		return errNowhere
	}
	f.warn("server", "it does not run", "okno serve")
	h, err := open(ctx, c, log, time.Now, false)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := h.furnish(); err != nil {
		return err
	}
	h.examine(ctx, f, whole)
	return nil
}

// examine looks at the database, the files, the jobs and the way of letters.
func (h *House) examine(ctx context.Context, f *findings, whole bool) {
	h.examineDatabase(ctx, f)
	h.examineFiles(ctx, f, whole)
	f.judge("jobs", h.worked(ctx), "nothing due waits", "see whether okno serve runs, and its log; the administrator's page of duties lists them")
	if counts, err := h.jobCounts(ctx); err == nil {
		for _, c := range counts {
			if c.Dead > 0 {
				f.warn("jobs", fmt.Sprintf("%d of %s were given up", c.Dead, c.Kind), "the administrator's page of duties says why and tries them again")
			}
		}
	}
	if h.relay != nil {
		limited, cancel := context.WithTimeout(ctx, doctorTime)
		f.judge("mail out", h.relay.Check(limited), "the relay takes us", "see --smtp: host, port, password, certificate")
		cancel()
	}
	h.examineMailboxes(ctx, f)
}

func (h *House) examineDatabase(ctx context.Context, f *findings) {
	var schema int64
	err := h.DB.Read(ctx, func(tx *db.Tx) (err error) {
		schema, err = h.DB.Schema(tx)
		return err
	})
	newest, err2 := db.Newest(migrations...)
	err = errors.Join(err, err2, h.served(ctx), h.DB.Unfinished(ctx))
	if err == nil && schema < newest {
		err = fmt.Errorf("the schema is at %d and this program brings %d", schema, newest)
	}
	advice := "start okno serve of the newest version once"
	var unfinished *db.UnfinishedError
	if errors.As(err, &unfinished) {
		advice = finishing(unfinished)
	}
	f.judge("schema", err, fmt.Sprintf("%s at %d", h.DB.Dialect(), schema), advice)
	if off, err := h.DB.ClockOff(ctx, h.Now); err != nil {
		f.fail("clock", err.Error(), "")
	} else if off.Abs() > clockOff {
		f.warn("clock", fmt.Sprintf("ours and the database server's are %s apart", off.Abs().Round(time.Second)), "set both by NTP: programs with different clocks take work from one another, and times come out of order")
	}
	faults, err := h.DB.Integrity(ctx)
	if err == nil && len(faults) > 0 {
		err = errors.New(strings.Join(faults, "; "))
	}
	h.examineSearch(ctx, f)
	f.judge("integrity", err, "no fault found", "stop the server, keep a copy of the data directory as it is, and restore the last good backup")
}

// indexSlow is how long a change may wait to be found.
const indexSlow = 5 * time.Minute

// examineSearch looks how far the search index is behind.
func (h *House) examineSearch(ctx context.Context, f *findings) {
	changes, oldest, err := h.Desk.IndexLag(ctx)
	upto, last, err2 := h.Desk.IndexRenewal(ctx)
	switch err = errors.Join(err, err2); {
	case err != nil:
		f.fail("search", err.Error(), "")
	case last > 0:
		f.warn("search", fmt.Sprintf("the index is made anew in a new form, %d%% of it by now", 100*upto/last), "nothing: everything is found meanwhile, for who sees few of the tickets more slowly; keep the server running")
	case oldest > indexSlow:
		f.warn("search", fmt.Sprintf("%d changes wait to be found, the oldest for %s", changes, oldest.Round(time.Second)), "keep the server running; if they become more, read its log")
	default:
		f.ok("search", "%d changes wait to be found", changes)
	}
}

func (h *House) examineFiles(ctx context.Context, f *findings, whole bool) {
	e, err := h.Desk.Examine(ctx, whole)
	if err != nil {
		f.fail("attachments", err.Error(), "see --files and the log")
		return
	}
	if len(e.Counters) > 0 {
		f.warn("counters", "wrong: "+strings.Join(e.Counters, "; "), "okno doctor --recount sets them right")
	} else {
		f.ok("counters", "what is counted is there")
	}
	if len(e.Orphans) > 0 {
		f.fail("rows", strings.Join(e.Orphans, "; "), "keep a copy of the database as it is and compare it with the last good backup: rows were lost")
	} else {
		f.ok("rows", "what they refer to is there")
	}
	const where = "copy them from a backup of files/ ; each lies at files/ab/cd/HASH by the first four digits"
	if e.ChangedAll > 0 {
		f.fail("attachments", fmt.Sprintf("%d are not what they were: %s", e.ChangedAll, strings.Join(e.Changed, ", ")), where)
	}
	if e.UnreadAll > 0 {
		f.fail("attachments", fmt.Sprintf("%d cannot be read: %s", e.UnreadAll, strings.Join(e.Unread, "; ")),
			"let the program's user read them; where the disk is at fault, "+where)
	}
	if e.MissingAll > 0 {
		f.fail("attachments", fmt.Sprintf("%d of %d are missing: %s", e.MissingAll, e.Files, strings.Join(e.Missing, ", ")),
			where)
	} else if whole {
		f.ok("attachments", "%d are there; %d were read", e.Files, e.Files-e.UnreadAll)
	} else {
		f.ok("attachments", "%d are there; okno doctor --read-files reads them, too", e.Files)
	}
	if e.Unused > 0 {
		f.ok("attachments", "%d of %d bytes are needed no longer; the next tidying removes them", e.Unused, e.UnusedBytes)
	}
}

// examineMailboxes fetches nothing: it signs in where letters are fetched, and
// asks the name server what the world is told of each domain.
func (h *House) examineMailboxes(ctx context.Context, f *findings) {
	boxes, err := h.Desk.Mailboxes(ctx, okno.Console())
	if err != nil {
		f.fail("mailboxes", err.Error(), "")
		return
	}
	var domains []string
	for _, m := range boxes {
		if !m.Closed.IsZero() {
			continue
		}
		if _, domain, ok := strings.Cut(m.Folded, "@"); ok && !slices.Contains(domains, domain) {
			domains = append(domains, domain)
		}
		if m.Fetch == nil {
			continue
		}
		limited, cancel := context.WithTimeout(ctx, doctorTime)
		err := h.tryFetch(limited, m.Ref)
		cancel()
		f.judge("mailbox "+m.Address, err, "its server lets us in", "see the mailbox's page: host, port, user, password or the provider it is connected with, folder")
	}
	for _, domain := range domains {
		limited, cancel := context.WithTimeout(ctx, doctorTime)
		h.examineDomain(limited, f, domain)
		cancel()
	}
}

// tryFetch signs in at a mailbox's server as fetching does.
func (h *House) tryFetch(ctx context.Context, m okno.Ref) error {
	all, err := h.Desk.FetchedMailboxes(ctx)
	if err != nil {
		return err
	}
	for _, box := range all {
		if box.Ref == m && box.Fetch != nil {
			_, err := h.Receiver.Test(ctx, box.ID, *box.Fetch)
			return err
		}
	}
	return nil
}

// examineDomain asks what other mail servers go by. DKIM keys have names that
// only the relay knows: what it signs is seen in a letter's own page.
func (h *House) examineDomain(ctx context.Context, f *findings, domain string) {
	resolver := resolver(h.Config.DNS)
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	what := "domain " + domain
	if mx, err := resolver.LookupMX(ctx, domain); err != nil || len(mx) == 0 {
		f.warn(what, "no MX record", "without one letters may not find the way here")
	} else {
		f.ok(what, "letters go to %s", mx[0].Host)
	}
	for _, record := range []struct{ name, begins, word, do string }{
		{domain, "v=spf1", "SPF", "publish which servers may send for it; the relay's keeper knows the line"},
		{"_dmarc." + domain, "v=DMARC1", "DMARC", `publish "v=DMARC1; p=none" at least: some recipients refuse letters without it`},
	} {
		lines, err := resolver.LookupTXT(ctx, record.name)
		if i := slices.IndexFunc(lines, func(s string) bool { return strings.HasPrefix(s, record.begins) }); err == nil && i >= 0 {
			f.ok(what, "%s %s", record.word, lines[i])
		} else {
			f.warn(what, "no "+record.word+" record", record.do)
		}
	}
}
