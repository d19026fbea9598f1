package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
	"github.com/oknodesk/okno/internal/db/dbtest"
	"github.com/oknodesk/okno/internal/desk"
)

// indexed has what was changed so far in the index.
func (r *rig) indexed() {
	r.t.Helper()
	must(r.t, r.IndexAll(r.ctx()))
}

// finds are the numbers of what somebody finds, the last opened first.
func (r *rig) finds(by okno.Actor, text string) []okno.Number {
	r.t.Helper()
	found, err := r.Search(r.ctx(), by, desk.Asked{Text: text})
	must(r.t, err)
	var numbers []okno.Number
	for _, row := range found.Rows {
		numbers = append(numbers, row.Number)
	}
	return numbers
}

// files opens a ticket of a person with a subject and a text.
func (r *rig) files(name, subject, text string) okno.Number {
	r.t.Helper()
	submissions++
	o, err := r.OpenTicket(r.ctx(), okno.Nobody("ru"), desk.Opening{
		Key: fmt.Sprint("tell ", submissions, r.t.Name()), Name: name, Address: strings.ToLower(strings.Fields(name)[0]) + "@customer.example", Channel: okno.ChannelWeb, Subject: subject, Text: text, Lang: "ru",
	})
	must(r.t, err)
	return o.Number
}

// upload is a file that waits for its form.
func (r *rig) upload(by okno.Actor, name string) okno.Ref {
	r.t.Helper()
	f, _, err := r.KeepUpload(r.ctx(), by, name, strings.NewReader("%PDF-1.4"), okno.MaxText)
	must(r.t, err)
	return f.Ref
}

func (r *rig) asker(name string) okno.Actor {
	r.t.Helper()
	p, err := r.Sender(r.ctx(), name, strings.ToLower(strings.Fields(name)[0])+"@customer.example", "ru")
	must(r.t, err)
	return okno.Actor{Person: p.ID, Door: okno.DoorPortal}
}

func TestSearchFindsFormsPhrasesBeginningsAndFilters(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		printer := r.files("Pavel Petrov", "Принтеры в бухгалтерии", "Не печатает третий день. Модель МФУ-4410.")
		scanner := r.files("Olga Orlova", "Сканер молчит", "После обновления драйвера сканер не виден, а печатает всё.")
		r.clock = r.clock.Add(48 * time.Hour)
		lamp := r.files("Ivan Ivanov", "The lamp is flickering", "It was flickering since Monday; see the invoices attached.")
		must(t, r.Take(r.ctx(), r.ann, lamp, 0))
		_, err := r.AddMessage(r.ctx(), r.ann, lamp, desk.Words{Key: "answer", Text: "Новогодняя ёлка готова.", Uploads: []okno.Ref{r.upload(r.ann, "накладная_МФУ.pdf")}, Channel: okno.ChannelWeb})
		must(t, err)
		_, err = r.AddNote(r.ctx(), r.ann, scanner, desk.Words{Key: "note", Text: "Секретный поставщик виноват.", Channel: okno.ChannelWeb})
		must(t, err)
		r.indexed()
		for question, want := range map[string][]okno.Number{
			"принтер":               {printer},
			"БУХГАЛТЕРИЕЙ":          {printer},
			"печатать":              {scanner, printer},
			"печатает драйверы":     {scanner},
			`"не печатает"`:         {printer},
			"«сканер не виден»":     {scanner},
			`"молчит olga"`:         nil, // a phrase reaches over no two texts
			"channel:web сканер":    {scanner},
			"flicker":               {lamp},
			"invoice lamps":         {lamp},
			"мфу-4410":              {printer},
			"4410":                  {printer},
			string(lamp):            {lamp},
			"#" + string(lamp):      {lamp},
			"прин":                  {printer}, // a beginning
			"прин ":                 nil,       // a whole word that none has
			"бухг":                  {printer},
			"petrov":                {printer},
			"olga@customer.example": {scanner},
			"поставщика":            {scanner}, // in a note
			"status:new":            {scanner, printer},
			"статус:новая печатает":             {scanner, printer},
			`статус:"в работе"`:                 {lamp},
			"assignee:me":                       {lamp},
			"исполнитель:я":                     {lamp},
			"исполнитель:ann":                   {lamp},
			"assignee:nobody":                   {scanner, printer},
			"created:>2026-11-20":               {lamp},
			"создана:20.11.2026":                {scanner, printer},
			"created:<=2026-11":                 {lamp, scanner, printer},
			"channel:mail":                      nil,
			"канал:сайт":                        {lamp, scanner, printer},
			"requester:orl":                     {scanner},
			"постановщик:ivan@customer.example": {lamp},
			"status:new status:open":            nil,
			"елка":                              {lamp}, // ё is е
			"ЁЛКИ":                              {lamp},
			"счет":                              nil,
			"накладные":                         {lamp}, // the name of a file
			"МФУ":                               {lamp, printer},
			"has:file":                          {lamp},
			"есть:вложение":                     {lamp},
			"есть:файл принтер":                 nil,
			"department:" + r.first.Name:        {lamp, scanner, printer},
			"отдел:second":                      nil,
			"Статус:Отложена":                   nil,
			"создан:11.2026 канал:телефон":      nil,
			"created:<2026-11-20":               nil,
			"исполнитель:нет статус:новая скан": {scanner},
			"нету-такого":                  nil,
			"-has:file":                    {scanner, printer},
			"-есть:файл печатает":          {scanner, printer},
			"-has:file,call":               {scanner, printer},
			"-requester:orl":               {lamp, printer},
			"-постановщик:orl,ivan":        {printer},
			"requester:orl,petrov":         {scanner, printer},
			"-requester:petr -has:call":    {lamp, scanner},
			"-company:none":                {lamp, scanner, printer},
			"-компания:none -статус:новая": {lamp},
		} {
			if got := r.finds(r.ann, question); !slices.Equal(got, want) {
				t.Errorf("%q finds %v, want %v", question, got, want)
			}
		}
		for _, question := range []string{"has:file,call", "-has:mood", "-company:!", "-deadline:past", "-created:2026"} {
			found, err := r.Search(r.ctx(), r.ann, desk.Asked{Text: question})
			if must(t, err); len(found.Rows) != 0 || !slices.Equal(found.Misread, []string{question}) {
				t.Errorf("%q: %d rows, misread %q", question, len(found.Rows), found.Misread)
			}
		}
		found, err := r.Search(r.ctx(), r.ann, desk.Asked{Text: "status:mad принтер"})
		if must(t, err); len(found.Rows) != 0 || !slices.Equal(found.Misread, []string{"status:mad"}) {
			t.Errorf("a value that means nothing: %d rows, misread %q", len(found.Rows), found.Misread)
		}
	})
}

func TestSearchShowsNobodyWhatHeMayNotSee(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		carls := r.files("Carl", "Лампа мигает", "Каждый вечер.")
		doras := r.files("Dora", "Лампа погасла", "Совсем.")
		_, err := r.AddNote(r.ctx(), r.ann, carls, desk.Words{Key: "note", Text: "Лампу подменили.", Channel: okno.ChannelWeb})
		must(t, err)
		_, err = r.AddNote(r.ctx(), r.ann, doras, desk.Words{Key: "with a file", Text: "Смета:", Uploads: []okno.Ref{r.upload(r.ann, "смета.pdf")}, Channel: okno.ChannelWeb})
		must(t, err)
		carl, dora := r.asker("Carl"), r.asker("Dora")
		r.indexed()
		for _, c := range []struct {
			who      string
			by       okno.Actor
			question string
			want     []okno.Number
		}{
			{"Carl", carl, "лампа", []okno.Number{carls}},
			{"Dora", dora, "лампа", []okno.Number{doras}},
			{"Dora", dora, "смета", nil},
			{"Dora", dora, "has:file", nil},
			{"Ann", r.ann, "смета has:file", []okno.Number{doras}},
			{"Bob", r.bob, "смета", nil},
			{"Bob", r.bob, "requester:dora", nil},
			{"Carl", carl, "подменили", nil},
			{"Carl", carl, "carl@customer.example", nil},
			{"Carl", carl, "status:new", []okno.Number{carls}},
			{"Carl", carl, "assignee:nobody", nil},
			{"Ann", r.ann, "лампа", []okno.Number{doras, carls}},
			{"Ann", r.ann, "подменили", []okno.Number{carls}},
			{"Bob", r.bob, "лампа", nil},
			{"Bob", r.bob, "status:new", nil},
			{"nobody", okno.Nobody("ru"), "лампа", nil},
			{"nobody", okno.Nobody("ru"), "status:new", nil},
			{"guest", okno.Actor{Door: okno.DoorPortal, Guest: map[okno.TicketID]okno.PersonID{r.seen(carls).Ticket.ID: carl.Person}}, "лампа", []okno.Number{carls}},
			{"who must change his password", okno.Actor{Person: carl.Person, Door: okno.DoorPortal, MustChange: true}, "лампа", nil},
		} {
			if got := r.finds(c.by, c.question); !slices.Equal(got, c.want) {
				t.Errorf("%s finds %v for %q, want %v", c.who, got, c.question, c.want)
			}
		}
		// Before the index knows of it, the ticket is the other department's.
		must(t, r.Transfer(r.ctx(), r.ann, doras, r.second.Ref, 0))
		if got := r.finds(r.ann, "лампа"); !slices.Equal(got, []okno.Number{carls}) {
			t.Errorf("Ann finds %v, one of which is not hers any more", got)
		}
		r.indexed()
		if got := r.finds(r.bob, "лампа"); !slices.Equal(got, []okno.Number{doras}) {
			t.Errorf("Bob finds %v, want his new one", got)
		}
	})
}

func (r *rig) seen(n okno.Number) *desk.TicketPage {
	r.t.Helper()
	p, err := r.Ticket(r.ctx(), r.admin, n, 0)
	must(r.t, err)
	return p
}

func TestSearchFollowsChangesAndSaysHowFarBehindItIs(t *testing.T) {
	defer db.Rehearse()() // all tickets are asked for in several changes, none of which may run on
	each(t, func(t *testing.T, r *rig) {
		n := r.files("Carl", "Лампа", "Мигает.")
		r.indexed()
		w, err := r.AddMessage(r.ctx(), r.ann, n, desk.Words{Key: "answer", Text: "Пришлём абажур.", Channel: okno.ChannelWeb})
		must(t, err)
		if got := r.finds(r.ann, "абажур"); got != nil {
			t.Errorf("found %v before it is indexed", got)
		}
		r.clock = r.clock.Add(3 * time.Second)
		if changes, oldest, err := r.IndexLag(r.ctx()); err != nil || changes != 1 || oldest != 3*time.Second {
			t.Errorf("%d changes wait, the oldest for %v: %v", changes, oldest, err)
		}
		has := func(question string, want bool) {
			t.Helper()
			r.indexed()
			if got := r.finds(r.ann, question); slices.Contains(got, n) != want {
				t.Errorf("%q finds %v", question, got)
			}
		}
		has("абажур", true)
		must(t, r.EditMessage(r.ctx(), r.ann, n, w.Ref, "Пришлём патрон.", "", 1))
		has("абажур", false)
		has("патрон", true)
		must(t, r.DeleteMessage(r.ctx(), r.ann, n, w.Ref))
		has("патрон", false)
		must(t, r.EditSubject(r.ctx(), r.ann, n, "Светильник", 0))
		has("светильники", true)
		has("лампа", false)
		if changes, oldest, err := r.IndexLag(r.ctx()); err != nil || changes != 0 || oldest != 0 {
			t.Errorf("%d changes wait, the oldest for %v: %v", changes, oldest, err)
		}
		must(t, r.Reindex(r.ctx(), r.admin))
		if changes, _, _ := r.IndexLag(r.ctx()); changes != 1 {
			t.Errorf("%d tickets wait after all were asked for, want 1", changes)
		}
		has("светильники", true)
	})
}

func TestSearchGoesOnPageByPage(t *testing.T) {
	r := newRig(t, dbtest.Open(t, dbtest.SQLite(t)))
	var want []okno.Number
	for i := range 60 {
		n := r.files("Carl", fmt.Sprint("Лампа ", i), "Мигает.")
		if i%2 == 0 {
			must(t, r.Take(r.ctx(), r.ann, n, 0))
			want = append(want, n)
		}
	}
	slices.Reverse(want)
	r.indexed()
	var got []okno.Number
	from := ""
	for pages := 0; pages < 9; pages++ {
		found, err := r.Search(r.ctx(), r.ann, desk.Asked{Text: "лампы assignee:me", From: from})
		must(t, err)
		for _, row := range found.Rows {
			got = append(got, row.Number)
			if row.Excerpt == nil || !row.Excerpt.Subject[0].Hit {
				t.Errorf("the hit in %q is not marked: %v", row.Subject, row.Excerpt)
			}
		}
		if from = found.Next; from == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("page by page there are %d tickets, want %d: %v", len(got), len(want), got)
	}
}

func TestSearchShowsWordsInTheLatestTwentyMessages(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		n := r.files("Carl", "Лампа", "Первый абажур треснул.")
		carl := r.asker("Carl")
		shown := func(by okno.Actor) (text string) {
			t.Helper()
			r.indexed()
			found, err := r.Search(r.ctx(), by, desk.Asked{Text: "абажур"})
			must(t, err)
			for _, row := range found.Rows {
				for _, p := range row.Excerpt.Text {
					text += p.Text
				}
			}
			return text
		}
		for i := range 19 {
			text := "Ждём."
			if i == 0 {
				text = "Второй абажур в пути."
			}
			_, err := r.AddMessage(r.ctx(), r.ann, n, desk.Words{Key: fmt.Sprint("answer ", i), Text: text, Channel: okno.ChannelWeb})
			must(t, err)
		}
		if got := shown(r.ann); got != "Второй абажур в пути." {
			t.Errorf("the latest message with the word is %q", got)
		}
		for i, want := range []string{"Второй абажур в пути.", ""} {
			_, err := r.AddNote(r.ctx(), r.ann, n, desk.Words{Key: fmt.Sprint("note ", i), Text: "Позвонить.", Channel: okno.ChannelWeb})
			must(t, err)
			if got := shown(r.ann); got != want {
				t.Errorf("of %d messages an agent is shown %q, want %q", 21+i, got, want)
			}
		}
		if got := shown(carl); got != "Второй абажур в пути." {
			t.Errorf("a customer, who has no notes, is shown %q", got)
		}
	})
}

// The first tickets that the index names went elsewhere a moment ago.
func TestTicketsBehindThoseThatWentElsewhereAreShownWhole(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var all []okno.Number
		for range 3 {
			all = append(all, r.files("Carl", "Lamp", "The lamp flickers."))
		}
		r.indexed()
		for _, n := range all[1:] {
			must(t, r.Transfer(r.ctx(), r.ann, n, r.second.Ref, 0))
		}
		found, err := r.Search(r.ctx(), r.ann, desk.Asked{Text: "flickers", Rows: 1})
		must(t, err)
		if len(found.Rows) != 1 || found.Rows[0].Number != all[0] {
			t.Fatalf("found %+v, want %s", found.Rows, all[0])
		}
		if row := found.Rows[0]; row.Unread != 1 || row.Excerpt.Text == nil {
			t.Errorf("%d unread, where the words stand: %+v", row.Unread, row.Excerpt.Text)
		}
	})
}
