package oknotest_test

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/oknotest"
)

// question is a form that anyone may send, filled in by what exists and by
// what does not.
type question struct {
	name   string
	path   string
	fields func(e *enquiry) []string // beside email or login
	field  string
	exists string // address or login
	absent string // as long
	number string // of the ticket, where one is asked for: beside exists
	wrong  string // the number beside absent
	by     string // who asks; empty: nobody known
}

var questions = []question{
	{name: "sign-in by an address", path: "/login", field: "login", exists: oknotest.Ann, absent: "ann@disk.example", fields: wrongPassword},
	{name: "sign-in by a login name", path: "/login", field: "login", exists: "Admin-17", absent: "Admin-71", fields: wrongPassword},
	{name: "sign-in by an address without an account", path: "/login", field: "login", exists: oknotest.Carl, absent: "carl@costumer.example", fields: wrongPassword},
	{name: "sign-in by an address to be confirmed", path: "/login", field: "login", exists: "rita@customer.example", absent: "rota@customer.example", fields: wrongPassword},
	{name: "sign-in of somebody shut out", path: "/login", field: "login", exists: "outsider", absent: "outrider", fields: wrongPassword},
	{name: "registration", path: "/register", field: "email", exists: oknotest.Ann, absent: "ann@disk.example", fields: func(e *enquiry) []string {
		return []string{"name", "Someone", "password", oknotest.Password, "_key", fmt.Sprintf("the key of enquiry %d", e.asked)}
	}},
	{name: "confirmation letter once more", path: "/register/letter", field: "email", exists: "rita@customer.example", absent: "rota@customer.example"},
	{name: "password forgotten", path: "/reset", field: "email", exists: oknotest.Ann, absent: "ann@disk.example"},
	{name: "access link, another address", path: "/status", field: "email", exists: oknotest.Carl, absent: "carl@costumer.example", number: "100001", wrong: "100001"},
	{name: "another address of one's own", path: "/profile/address", field: "email", exists: oknotest.Carl, absent: "carl@costumer.example", by: oknotest.Bob, fields: func(*enquiry) []string {
		return []string{"present", oknotest.Password}
	}},
	{name: "access link, another number", path: "/status", field: "email", exists: oknotest.Carl, absent: oknotest.Carl, number: "100001", wrong: "900009"},
}

func wrongPassword(*enquiry) []string { return []string{"password", "not the one of anyone"} }

// enquiry asks an installation what it should not tell.
type enquiry struct {
	*oknotest.Rig
	t       *testing.T
	asked   int
	cookies map[string]string // of those who are signed in
}

func newEnquiry(t *testing.T) *enquiry {
	t.Helper()
	e := &enquiry{Rig: oknotest.Start(t, oknotest.Options{Args: []string{"--trusted-proxies", "127.0.0.1/32"}}), t: t, cookies: map[string]string{}}
	token, err := e.Desk.SignIn(t.Context(), oknotest.Bob, oknotest.Password, "", "test")
	must(t, err)
	e.cookies[oknotest.Bob] = token
	asked(t, e.Rig, "A lamp that flickers") // Carl's 100001
	ctx := t.Context()
	c, err := e.Desk.AddCompany(ctx, okno.Console(), "company", desk.CompanyForm{Number: "17", Name: "Firm", AdminName: "Boss", AdminAddress: "boss@firm.example", Lang: "en"})
	must(t, err)
	must(t, e.Desk.AddContact(ctx, okno.Console(), "contact", c.Ref, desk.ContactForm{Name: "Out", Address: "out@firm.example", Login: "outsider", Password: "issued to Out", Lang: "en"}))
	list, err := e.Desk.Contacts(ctx, okno.Console(), c.Ref, "")
	must(t, err)
	for _, m := range list.Contacts {
		if m.Name == "Out" {
			must(t, e.Desk.DisableContact(ctx, okno.Console(), m.Ref, true))
		}
	}
	must(t, e.Desk.Register(ctx, desk.Registration{Key: "Rita's registration", Name: "Rita", Address: "rita@customer.example", Password: oknotest.Password, Lang: "en"}))
	e.Settle()
	return e
}

// said is an answer without what was typed and the page's own time.
type said struct {
	status int
	header string
	page   string
	took   time.Duration
}

var submissionKey = regexp.MustCompile(`name="_key" value="[^"]*"`)

// ask sends the question as a browser that was never here before.
func (e *enquiry) ask(q question, about, number string) said {
	e.t.Helper()
	e.asked++
	e.Clock.Advance(20 * time.Second) // nobody is slowed down
	form := url.Values{q.field: {about}}
	if q.fields != nil {
		fields := q.fields(e)
		for i := 0; i < len(fields); i += 2 {
			form.Set(fields[i], fields[i+1])
		}
	}
	if number != "" {
		form.Set("number", number)
	}
	r, err := http.NewRequestWithContext(e.t.Context(), http.MethodPost, e.URL+q.path, strings.NewReader(form.Encode()))
	must(e.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Encoding", "identity")
	if token := e.cookies[q.by]; token != "" {
		r.AddCookie(&http.Cookie{Name: "okno", Value: token})
	}
	r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", e.asked>>16&255, e.asked>>8&255, e.asked&255))
	begun := time.Now()
	answer, err := http.DefaultTransport.RoundTrip(r)
	must(e.t, err)
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	took := time.Since(begun)
	must(e.t, err)
	must(e.t, answer.Body.Close())
	answer.Header.Del("Date")
	page := pageTime.ReplaceAllString(submissionKey.ReplaceAllString(string(body), ""), "")
	for _, typed := range []string{about, number} {
		if typed != "" {
			page = strings.ReplaceAll(page, typed, "TYPED")
		}
	}
	return said{answer.StatusCode, fmt.Sprint(answer.Header), page, took}
}

func TestNoFormTellsWhatExistsByItsAnswer(t *testing.T) {
	e := newEnquiry(t)
	for _, q := range questions {
		there, nowhere := e.ask(q, q.exists, q.number), e.ask(q, q.absent, q.wrong)
		if there.status >= 500 || there.status != nowhere.status || there.header != nowhere.header || there.page != nowhere.page {
			t.Errorf("%s: %d, %d bytes; of what does not exist: %d, %d bytes\n%s\n%s\n%s\n%s", q.name,
				there.status, len(there.page), nowhere.status, len(nowhere.page), there.header, nowhere.header, brief(there.page), brief(nowhere.page))
		}
		e.Settle()
	}
}

// What a batch of samples must show before a time is said to tell: that chance
// would not do it, and by how much at least.
const (
	samples   = 24 // of each kind
	byChance  = 1e-6
	byAtLeast = 0.05
)

func TestNoFormTellsWhatExistsByItsTime(t *testing.T) {
	e := newEnquiry(t)
	for _, q := range questions {
		tells := func() (bool, string) {
			there, nowhere := e.sample(q)
			return differ(there, nowhere)
		}
		if first, _ := tells(); !first {
			continue
		}
		if again, how := tells(); again { // what was chance, or the machine, does not come twice
			t.Errorf("%s: its time tells: %s", q.name, how)
		}
	}
}

// sample asks both ways in turns whose order is chance, each when nothing of
// the one before is under way any more.
func (e *enquiry) sample(q question) (there, nowhere []time.Duration) {
	for len(there) < samples || len(nowhere) < samples {
		if len(nowhere) == samples || len(there) < samples && rand.IntN(2) == 0 {
			there = append(there, e.ask(q, q.exists, q.number).took)
		} else {
			nowhere = append(nowhere, e.ask(q, q.absent, q.wrong).took)
		}
		e.Settle()
	}
	return there, nowhere
}

// differ judges two batches by their medians and by the Mann–Whitney U test,
// two-sided, in its normal approximation, which is good from twenty samples on.
func differ(a, b []time.Duration) (bool, string) {
	slices.Sort(a)
	slices.Sort(b)
	u := 0.0
	for _, x := range a {
		for _, y := range b {
			switch {
			case x > y:
				u++
			case x == y:
				u += 0.5
			}
		}
	}
	n, m := float64(len(a)), float64(len(b))
	z := (u - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
	p := math.Erfc(math.Abs(z) / math.Sqrt2)
	one, other := a[len(a)/2], b[len(b)/2]
	by := math.Abs(float64(one-other)) / float64(min(one, other))
	return p < byChance && by > byAtLeast, fmt.Sprintf("medians %s and %s, p = %.1g", one, other, p)
}

// The judgement itself is tried on times of which is known whether they tell.
func TestTimesAreJudgedRightly(t *testing.T) {
	noise := rand.New(rand.NewPCG(1, 2))
	batch := func(typical time.Duration) (all []time.Duration) {
		for range samples { // mostly near what is typical, now and then far above
			all = append(all, typical+time.Duration(noise.ExpFloat64()*float64(typical)/20))
		}
		return all
	}
	for range 200 {
		if told, how := differ(batch(time.Millisecond), batch(time.Millisecond)); told {
			t.Errorf("alike, and said to differ: %s", how)
		}
		if told, how := differ(batch(time.Millisecond), batch(1300*time.Microsecond)); !told {
			t.Errorf("a third longer, and said to be alike: %s", how)
		}
	}
}
