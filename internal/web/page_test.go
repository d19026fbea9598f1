package web

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/web/assets"
)

func TestPageKnowsItsReader(t *testing.T) {
	var got struct {
		name, path, theme, accent, logo string
		agent, admin                    bool
	}
	show := func(q *Request) error {
		p := q.Page("Tickets")
		got.path, got.theme, got.accent, got.logo = p.Path, p.Theme, p.Accent, p.Logo
		got.name, got.agent, got.admin = "", false, false
		if p.Reader != nil {
			got.name, got.agent, got.admin = p.Reader.Name, p.Reader.Agent, p.Reader.Admin
		}
		return q.Done()
	}
	r := newRig(t, nil, func(r *Router) {
		r.Anyone("GET /portal", show)
		r.Anyone("POST /portal", show)
		r.Agents("GET /desk", show)
	})
	r.everyone()
	r.desk.settings.Accent, r.desk.settings.Logo = "#1f55a5", "0123456789abcdef"
	r.get("/portal?a=b", "Cookie", "okno-theme=dark")
	if got.name != "" || got.path != "/portal?a=b" || got.theme != "dark" || got.accent != "/accent.css?of=1f55a5" || got.logo != "/logo?of=0123456789ab" {
		t.Errorf("a visitor's page: %+v", got)
	}
	r.post("/portal", "")
	if got.path != "/" {
		t.Errorf("the page a form leads to is come back to at %s", got.path)
	}
	r.get("/portal", as("ann")...)
	if got.name != "Ann" || got.agent || got.admin {
		t.Errorf("Ann's page: %+v", got)
	}
	r.get("/desk", as("boris")...)
	if !got.agent || got.admin {
		t.Errorf("an agent's page: %+v", got)
	}
	r.get("/desk", as("vera")...)
	if !got.agent || !got.admin {
		t.Errorf("an administrator's page: %+v", got)
	}
	r.desk.settings.Accent = "url(evil)"
	r.get("/portal", "Cookie", "okno-theme=pink")
	if got.accent != "" || got.theme != "" {
		t.Errorf("anything is a colour or a theme: %+v", got)
	}
}

func TestRefusalPageLeadsOn(t *testing.T) {
	r := newRig(t, nil, func(r *Router) {
		r.Agents("GET /desk", func(*Request) error { return okno.ErrForbidden })
	})
	r.everyone()
	r.desk.settings.Lang = "ru"
	for _, c := range []struct{ path, token, home, words string }{
		{"/nowhere", "", `href="/"`, "Страница не найдена"},
		{"/desk", "boris", `href="/desk"`, "У Вас нет права на это действие."},
	} {
		body := r.get(c.path, as(c.token)...).Body.String()
		if !strings.Contains(body, c.home) || !strings.Contains(body, c.words) || !strings.Contains(body, `<html lang="ru"`) {
			t.Errorf("%s: %s", c.path, body)
		}
	}
}

func TestManifestBearsTheProduct(t *testing.T) {
	r := newRig(t, nil)
	r.desk.settings.Product = "Тикет-система"
	w := r.get("/manifest.webmanifest")
	var got struct {
		Name  string
		Icons []struct{ Src string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Name != "Тикет-система" || len(got.Icons) == 0 {
		t.Fatalf("%v: %s", err, w.Body)
	}
	for _, path := range []string{got.Icons[0].Src, "/favicon.ico", assets.Path("app.css")} {
		if w := r.get(path); w.Code != 200 || w.Body.Len() == 0 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := r.get("/static/nothing.js"); w.Code != 404 {
		t.Errorf("what is not built: %d", w.Code)
	}
}
