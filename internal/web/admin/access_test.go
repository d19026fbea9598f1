package admin_test

import (
	"strings"
	"testing"
)

// pages are the administration's pages that are there from the first day.
var pages = []string{
	"/admin", "/admin?q=logo", "/admin/agents", "/admin/agents/new", "/admin/roles", "/admin/departments", "/admin/departments/new", "/admin/topics", "/admin/topics/new",
	"/admin/mailboxes", "/admin/mailboxes/new", "/admin/settings", "/admin/letters", "/admin/letters?state=failed", "/admin/letters/test", "/admin/kept", "/admin/kept?state=new", "/admin/jobs",
}

func TestOnlyAdministratorsFindTheAdministration(t *testing.T) {
	each(t, func(r *rig) {
		r.agent("Ann Agent", "ann@desk.example", "agent")
		ann, nobody, ada := r.as("ann@desk.example"), r.as(""), r.as("ada@desk.example")
		routes := 0
		for _, route := range r.server.Routes() {
			method, path, _ := strings.Cut(route.Pattern, " ")
			if !strings.HasPrefix(path, "/admin") {
				continue
			}
			path = strings.ReplaceAll(path, "{ref}", "abc")
			routes++
			ask := func(b *browser) (int, string) {
				if method == "GET" {
					return b.get(path)
				}
				return b.post(path)
			}
			if code, _ := ask(ann); code != 404 {
				r.Errorf("an agent at %s: %d", route.Pattern, code)
			}
			if code, to := ask(nobody); code != 404 && (code != 303 || !strings.HasPrefix(to, "/login")) {
				r.Errorf("nobody at %s: %d %s", route.Pattern, code, to)
			}
		}
		if routes < 35 {
			r.Errorf("%d routes were walked", routes)
		}
		for _, path := range pages {
			ada.page(path)
		}
	})
}

func TestPagesSpeakBothLanguages(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		for _, lang := range []string{"en", "ru"} {
			ada.saved("/language", "lang", lang)
			for _, path := range pages {
				page := ada.page(path)
				if strings.Contains(page, "⟦") {
					r.Errorf("%s in %s: a text is missing: %s", path, lang, between(page, "⟦", "⟧"))
				}
				if strings.Contains(page, " style=") || strings.Contains(page, "<style") {
					r.Errorf("%s has a style of its own", path)
				}
			}
		}
		r.shows(ada.page("/admin"), "Почтовые ящики", "Не указан почтовый сервер")
	})
}

func TestSearchFindsASettingInEitherLanguage(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		for query, want := range map[string]string{"logo": "settings", "логотип": "settings", "imap": "mailboxes", "Pass INVITE": "agents"} {
			cards := between(ada.page("/admin?q="+strings.ReplaceAll(query, " ", "+")), `<ul class="cards">`, "</ul>")
			if !strings.Contains(cards, `href="/admin/`+want+`"`) || strings.Count(cards, "<a ") > 2 {
				r.Errorf("%s: %s", query, cards)
			}
		}
		r.shows(ada.page("/admin?q=zebra"), "zebra", `href="/admin"`)
	})
}
