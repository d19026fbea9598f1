package oknotest_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/oknodesk/okno/internal/oknotest"
)

// gallery is a host of pictures at an address that stands for the world, and
// one of the inside that must never be asked for anything.
type gallery struct {
	*httptest.Server
	inside *listening
	mu     sync.Mutex
	asked  []*http.Request
}

func openGallery(t *testing.T) *gallery {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.2:0")
	must(t, err)
	g := &gallery{inside: listen(t)}
	closed := make(chan struct{})
	g.Server = &httptest.Server{Listener: at, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		g.asked = append(g.asked, r)
		g.mu.Unlock()
		g.show(w, r, closed)
	})}}
	g.Start()
	t.Cleanup(func() { close(closed); g.Close() })
	return g
}

// show answers well, and in every bad way there is.
func (g *gallery) show(w http.ResponseWriter, r *http.Request, closed <-chan struct{}) {
	http.SetCookie(w, &http.Cookie{Name: "reader", Value: "known"})
	switch strings.Trim(r.URL.Path, "/") {
	case "moved":
		http.Redirect(w, r, "/lamp", http.StatusFound)
	case "lamp":
		w.Write(painted(560, 200, color.RGBA{0xf2, 0xa9, 0, 0xff}))
	case "paper":
		w.Write(painted(40, 40, color.RGBA{0xd9, 0xe2, 0xf3, 0xff}))
	case "inside":
		http.Redirect(w, r, g.inside.URL+"/secret", http.StatusFound)
	case "cloud":
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
	case "file":
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	case "round":
		http.Redirect(w, r, "/round", http.StatusFound)
	case "slow":
		select {
		case <-closed:
		case <-r.Context().Done():
		}
	case "endless":
		w.Header().Set("Content-Type", "image/png")
		for {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	case "huge":
		w.Header().Set("Content-Length", "104857600")
	case "page":
		w.Header().Set("Content-Type", "image/png")
		fmt.Fprint(w, "<html><script>top.harmed = 1</script>")
	case "drawn":
		w.Header().Set("Content-Type", "image/svg+xml")
		fmt.Fprint(w, `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="top.harmed = 2"/>`)
	case "bomb":
		w.Write(bomb())
	default:
		http.NotFound(w, r)
	}
}

func (g *gallery) heard() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var paths []string
	for _, r := range g.asked {
		paths = append(paths, r.URL.Path)
	}
	return paths
}

func painted(width, height int, with color.Color) []byte {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		m.Set(i%width, i/width, with)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		panic(err) // a buffer takes everything
	}
	return out.Bytes()
}

// bomb is a PNG of a few bytes that says it has 900 megapixels.
func bomb() []byte {
	b := painted(1, 1, color.Black)
	binary.BigEndian.PutUint32(b[16:], 30_000)
	binary.BigEndian.PutUint32(b[20:], 30_000)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// illustrated is a newsletter with pictures of another host in every manner.
const illustrated = `<table width="100%" bgcolor="#eef1f5" background="HOST/paper" cellpadding="0" cellspacing="0"><tr><td align="center">
<table width="600" cellpadding="0" cellspacing="0" bgcolor="#ffffff" style="width:600px;font-family:Arial,sans-serif">
<tr><td bgcolor="#1f3a5f" style="padding:24px;color:#ffffff;text-align:center;font-size:24px;background:#1f3a5f url('HOST/paper') no-repeat right"><b>Lamps and more</b></td></tr>
<tr><td style="padding:20px"><img id="lamp" src="HOST/moved" width="560" height="200" alt="A brass lamp" style="display:block"></td></tr>
<tr><td style="padding:0 24px 24px;font-size:15px;line-height:22px;color:#333333">This month all <b>table lamps</b> cost a fifth less.
<picture><source srcset="HOST/source 2x"><img srcset="HOST/lamp 1x, HOST/lamp2 2x" width="120" height="43" alt="Small"></picture> the last words of the letter</td></tr></table>
MORE<img src="HOST/pixel" width="1" height="1"></td></tr></table>`

// badly are pictures that must not be shown.
var badly = strings.Fields("inside cloud file round slow endless huge page drawn bomb gone")

// newsletter comes from Carl, with more pictures at its end.
func (g *gallery) newsletter(t *testing.T, r *oknotest.Rig, more string) {
	t.Helper()
	html := strings.ReplaceAll(strings.Replace(illustrated, "MORE", more, 1), "HOST", g.URL)
	must(t, oknotest.Send(r.SMTP, oknotest.Carl, oknotest.Support, fmt.Appendf(nil,
		"From: Carl <%s>\r\nTo: %s\r\nSubject: Lamps\r\nMessage-ID: <lamps@customer.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n%s\r\n",
		oknotest.Carl, oknotest.Support, strings.ReplaceAll(html, "\n", "\r\n"))))
	r.Settle()
}

const showThem = "Show pictures from elsewhere (15, 127.0.0.2, 127.0.0.1)"

func TestPicturesOfOtherHostsComeOnlyOnceAskedForAndThroughUs(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Args: []string{"--picture-hosts", "127.0.0.2"}})
	g := openGallery(t)
	bad := `<img src="` + g.inside.URL + `/direct" alt="direct">`
	for _, name := range badly {
		bad += `<img src="HOST/` + name + `" alt="` + name + `">`
	}
	g.newsletter(t, r, bad)
	link := r.Sink.Letter(oknotest.Carl, "#100001").Link(t, "/t/")
	b := r.Browser(t)
	ann, carl := b.Person("Ann").SignIn(oknotest.Ann), b.Person("Carl").Open(link)
	carl.At("/tickets/100001")
	// Nobody's page asks the other host for anything.
	for v, path := range map[*oknotest.Visitor]string{ann: "/desk/tickets/100001", carl: "/tickets/100001"} {
		v.Open(path).Sees("the last words of the letter").Sees(showThem).Framed().Accessible()
		v.Size(320, 640).Fits().Size(1280, 900)
	}
	if heard := append(g.heard(), g.inside.heard()...); len(heard) > 0 {
		t.Fatalf("before the click was asked for: %v", heard)
	}
	ann.Press(showThem).Sees("Pictures from elsewhere are shown.").Until("the lamp is there", drawn)
	ann.Until("the background is there", `getComputedStyle(`+frame+`.querySelector("table")).backgroundImage.includes("/pictures/")`)
	// The next reader has not asked.
	carl.Open("/tickets/100001").Sees(showThem).Framed()
	if oknotest.Ask[bool](carl, frame+`.querySelector("img[src]") !== null`) {
		t.Error("one reader's choice shows pictures to another")
	}
	g.followed(t, ann)
	t.Run("without scripts", func(t *testing.T) {
		carl.Scripts(false).Open("/tickets/100001").Press(showThem).Sees("Pictures from elsewhere are shown.").Scripts(true)
		carl.Open("/tickets/100001").Sees("Pictures from elsewhere are shown.").Until("the lamp is there", drawn)
		carl.Press("Hide them").Sees(showThem).Until("the lamp is gone", frame+`.querySelector("img[src]") === null`)
	})
	for _, call := range g.inside.heard() {
		t.Errorf("the inside was asked for %s", call)
	}
	if oknotest.Ask[int](ann, "window.harmed || 0") != 0 {
		t.Error("a picture ran a script")
	}
}

// drawn holds once the lamp's picture is there.
const drawn = `(() => { const i = [...` + frame + `.images].find(i => i.alt === "A brass lamp"); return i && i.complete && i.naturalWidth === 560 })()`

// followed looks at what the hosts heard and the browser got after the click.
func (g *gallery) followed(t *testing.T, v *oknotest.Visitor) {
	t.Helper()
	// The slow one ends by its own; the rest have their answer.
	for _, name := range badly {
		if name == "slow" {
			continue
		}
		v.Until(name+" is refused", fmt.Sprintf(`[...`+frame+`.images].some(i => i.alt === %q && i.complete && i.naturalWidth === 0)`, name))
	}
	if from := oknotest.Ask[string](v, `[...performance.getEntriesByType("resource"), ...document.querySelector("iframe").contentWindow.performance.getEntriesByType("resource")].map(e => e.name).filter(n => !n.startsWith(location.origin)).join(" ")`); from != "" {
		t.Errorf("the browser itself asked for %s", from)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range g.asked {
		if r.URL.Path == "/pixel" || r.URL.Path == "/source" || r.URL.Path == "/lamp2" {
			t.Errorf("%s was fetched", r.URL.Path)
		}
		if r.Method != http.MethodGet || r.UserAgent() != "Okno" || r.Header.Get("Cookie") != "" || r.Referer() != "" || r.Header.Get("Accept-Language") != "" {
			t.Errorf("%s was asked for with %v", r.URL.Path, r.Header)
		}
	}
}

// browserOf asks as the browser of a session does.
type browserOf struct {
	t          *testing.T
	url, token string
}

func (b browserOf) ask(method, path, form string) (status int, body string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(form))
	must(b.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "okno", Value: b.token})
	answer, err := http.DefaultTransport.RoundTrip(r)
	must(b.t, err)
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	must(b.t, err)
	return answer.StatusCode, string(all)
}

// address is that of the lamp's picture in a message's document.
func (b browserOf) address(message string) string {
	b.t.Helper()
	_, page := b.ask("GET", message, "")
	found := regexp.MustCompile(`alt="A brass lamp"[^>]* src="([^"]+)"`).FindStringSubmatch(page)
	if found == nil {
		b.t.Fatalf("no picture in\n%s", page)
	}
	return found[1]
}

// TestPictureAddressesAreGoodForOneReader has a picture's address tried by all.
func TestPictureAddressesAreGoodForOneReader(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{Args: []string{"--picture-hosts", "127.0.0.2"}})
	g := openGallery(t)
	g.newsletter(t, r, "")
	session := func(token string, err error) browserOf {
		must(t, err)
		return browserOf{t, r.URL, token}
	}
	ann := session(r.Desk.SignIn(t.Context(), oknotest.Ann, oknotest.Password, "", "test"))
	bob := session(r.Desk.SignIn(t.Context(), oknotest.Bob, oknotest.Password, "", "test"))
	trade, err := r.Desk.TradeLink(t.Context(), path.Base(r.Sink.Letter(oknotest.Carl, "#100001").Link(t, "/t/")), "", "test")
	carl := session(trade.Token, err)
	page, err := r.Desk.Ticket(t.Context(), r.Agent(oknotest.Ann), "100001", 0)
	must(t, err)
	message := "/messages/" + string(page.Messages[0].Ref)
	for who, c := range map[string]struct {
		browserOf
		show string
		want int
	}{
		"Ann": {ann, "message", 303}, "Carl": {carl, "message", 303}, "Bob": {bob, "message", 404},
		"Carl, for good": {carl, "sender", 403}, "Ann, of whom nothing is proven": {ann, "sender", 403}, "Ann, at random": {ann, "all", 403},
	} {
		if got, _ := c.ask("POST", message+"/pictures", "show="+c.show); got != c.want {
			t.Errorf("%s chooses %q: %d, want %d", who, c.show, got, c.want)
		}
	}
	anns, carls := ann.address(message), carl.address(message)
	tries := func(when string, want map[string]int) {
		for what, got := range map[string]func() (int, string){
			"her own":          func() (int, string) { return ann.ask("GET", anns, "") },
			"his own":          func() (int, string) { return carl.ask("GET", carls, "") },
			"hers, by him":     func() (int, string) { return carl.ask("GET", anns, "") },
			"his, by her":      func() (int, string) { return ann.ask("GET", carls, "") },
			"hers, by Bob":     func() (int, string) { return bob.ask("GET", anns, "") },
			"of no letter":     func() (int, string) { return ann.ask("GET", message+"/pictures/"+strings.Repeat("A", 43), "") },
			"of another host":  func() (int, string) { return ann.ask("GET", message+"/pictures/"+url.PathEscape(g.inside.URL), "") },
			"in the query too": func() (int, string) { return ann.ask("GET", message+"/pictures/?url="+url.QueryEscape(g.URL), "") },
		} {
			expected, ok := want[what]
			if !ok {
				expected = 404
			}
			if status, body := got(); status != expected || status == 200 && !strings.HasPrefix(body, "\x89PNG") {
				t.Errorf("%s, an address %s is answered by %d, want %d", when, what, status, expected)
			}
		}
	}
	tries("at first", map[string]int{"her own": 200, "his own": 200})
	if n := strings.Count(strings.Join(g.heard(), " "), "/lamp"); n != 1 {
		t.Errorf("the host was asked %d times by two readers within the hour", n)
	}
	if status, _ := ann.ask("POST", message+"/pictures", "show="); status != 303 {
		t.Errorf("hiding is answered by %d", status)
	}
	tries("once she hides them", map[string]int{"his own": 200})
}
