package soak

import (
	"context"
	"fmt"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno/internal/oknotest/program"
	"github.com/oknodesk/okno/internal/oknotest/traffic"
)

// An agent's answer that can still be taken back when the process is killed is
// given once by the next one, also when that is killed as soon as it is given;
// one that was taken back is not.
func TestSoakHeldAnswerIsGivenOnceAfterAKill(t *testing.T) {
	w := open(t, t.TempDir())
	const from = "carl@customer.example"
	by := &traffic.Peer{To: w.SMTP}
	letter := traffic.Letter{From: from, Subject: "Printer", ID: "ask@customer.example", Text: "letter1 does not print."}
	w.must(by.Send(from, program.Support, letter.Bytes()))
	by.Close()
	l := w.ledger()
	w.until(insistTime, "the letter has its ticket", func() bool { return w.counted(l, `SELECT COUNT(*) FROM message`) == 1 })
	agent := &agent{world: w, browser: traffic.NewBrowser(w.URL(), 1)}
	agent.browser.HTTP.Jar, _ = cookiejar.New(nil) // without options it does not fail
	agent.submit("/login", [2]string{"login", program.Admin}, [2]string{"password", program.Password})
	for n := range 2 {
		agent.answers(fmt.Sprint("answer", n))
	}
	agent.answers("regretted")
	agent.undoes(l, "regretted")
	if got := w.counted(l, `SELECT COUNT(*) FROM held_answer`); got != 2 {
		t.Fatalf("%d answers are held", got)
	}
	w.must(w.Kill())
	w.start()
	w.until(insistTime, "an answer is given", func() bool { return w.counted(l, `SELECT COUNT(*) FROM message`) > 1 })
	w.must(w.Kill())
	w.start()
	w.until(insistTime, "all answers are given", func() bool { return w.counted(l, `SELECT COUNT(*) FROM held_answer`) == 0 })
	w.finished(l, time.Minute)
	w.stop()
	w.account([]piece{{token: "letter1", from: from, opens: true, letter: letter.ID}, {token: "answer0", answer: true}, {token: "answer1", answer: true}})
}

// agent is one who works by the pages, in the first ticket.
type agent struct {
	*world
	browser *traffic.Browser
}

const ticketPage = "/desk/tickets/100001"

// submit sends a form, which must be taken.
func (a *agent) submit(path string, fields ...[2]string) {
	a.Helper()
	status, page, err := a.browser.Submit(context.Background(), path, traffic.Form{Fields: fields}, traffic.Somewhere(1))
	if err == nil {
		err = answered(status, page)
	}
	a.must(err)
}

func (a *agent) answers(token string) {
	a.Helper()
	_, page, err := a.browser.GetFrom(context.Background(), ticketPage, traffic.Somewhere(1))
	a.must(err)
	version := versionField.FindStringSubmatch(page)
	if version == nil {
		a.Fatalf("no form in\n%s", page)
	}
	a.submit(ticketPage+"/messages", [2]string{"_key", "a submission key of " + token}, [2]string{"public", token + " is being looked into."}, [2]string{"version", version[1]})
}

// undoes takes an answer back.
func (a *agent) undoes(l *program.Ledger, token string) {
	a.Helper()
	for _, row := range a.lines(l, `SELECT ref, body FROM held_answer`) {
		if strings.HasPrefix(row[1], token) {
			a.submit(ticketPage + "/held/" + row[0] + "/withdrawal")
			return
		}
	}
	a.Fatalf("%s is not held", token)
}

func (w *world) counted(l *program.Ledger, question string) int {
	w.Helper()
	n, err := l.Count(w.Context(), question)
	w.must(err)
	return n
}
