package app

import (
	"flag"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// load gives the options the three ways: command line, environment, lines of DATA/okno.conf.
func load(t *testing.T, args, environ []string, file string) (*Config, error) {
	t.Helper()
	data := t.TempDir()
	if file != "" {
		if err := os.WriteFile(filepath.Join(data, "okno.conf"), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fs := flag.NewFlagSet("okno", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	flags := AddFlags(fs)
	if err := fs.Parse(append([]string{"--data", data}, args...)); err != nil {
		t.Fatal(err)
	}
	return flags.Load(environ)
}

func setting(c *Config, name string) Setting {
	for _, s := range c.Settings() {
		if s.Name == name {
			return s
		}
	}
	return Setting{}
}

// samples holds a right value for every option, and a wrong one where any text is not right.
var samples = map[string]struct{ right, wrong string }{
	"listen":            {"0.0.0.0:80", "eighty"},
	"tls-domain":        {"desk.example.org, www.example.org", "desk example"},
	"acme-directory":    {"https://acme.example.org/directory", "acme"},
	"http-listen":       {":80", "80"},
	"metrics-listen":    {"127.0.0.1:9100", "9100"},
	"otlp-endpoint":     {"http://127.0.0.1:4318", "127.0.0.1:4318"},
	"otlp-share":        {"0.25", "1.5"},
	"status-token-file": {"/etc/okno/token", ""},
	"drain":             {"20s", "soon"},
	"base-url":          {"https://desk.example.org", "https://desk.example.org/path"},
	"trusted-proxies":   {"10.0.0.0/8, ::1", "ten"},
	"db":                {"postgres://desk:pw@db.example.org/desk", "mysql://desk"},
	"files":             {"s3://id:secret@s3.example.org/bucket/desk?region=eu-1", "s3://s3.example.org/bucket"},
	"key-file":          {"/etc/okno/key", ""},
	"smtp":              {"smtp://desk:pw@relay.example.org:587", "relay.example.org"},
	"smtp-listen":       {":25", "25"},
	"lmtp-listen":       {"unix:/run/okno/lmtp", "unix:"},
	"mail-tls-cert":     {"/etc/okno/cert.pem", ""},
	"mail-tls-key":      {"/etc/okno/key.pem", ""},
	"trusted-relay":     {"mx.example.org=192.0.2.7, mx.example.org=unix", "mx.example.org"},
	"rspamd":            {"http://127.0.0.1:11333", "rspamd.example"},
	"outbound-allow":    {"imap.example.org, 10.1.0.0/16", "imap example"},
	"picture-hosts":     {"pictures.example.org, 10.2.0.0/16", "picture host"},
	"dns":               {"192.0.2.53:53", "dns.example.org:53"},
	"max-upload":        {"3 MB", "three"},
	"max-letter":        {"7 MB", "-1"},
	"lang":              {"ru", "de"},
	"read-only":         {"true", "perhaps"},
	"demo":              {"true", "perhaps"},
	"log-format":        {"json", "xml"},
	"log-level":         {"debug", "loud"},
}

// companion is the option that another is refused without.
var companion = map[string]string{"mail-tls-cert": "mail-tls-key=x", "mail-tls-key": "mail-tls-cert=x", "http-listen": "tls-domain=desk.example.org"}

func TestEveryOptionIsTakenFromFlagEnvironmentAndFile(t *testing.T) {
	for _, o := range options {
		if o.name == "data" || o.name == "config" {
			continue
		}
		sample, ok := samples[o.name]
		if !ok {
			t.Errorf("--%s has no sample in this test", o.name)
			continue
		}
		also := []string{}
		if other := companion[o.name]; other != "" {
			also = []string{"--" + other}
		}
		ways := map[string]func() (*Config, error){
			"--" + o.name: func() (*Config, error) {
				return load(t, append(also, "--"+o.name+"="+sample.right), nil, "")
			},
			o.env():       func() (*Config, error) { return load(t, also, []string{o.env() + "=" + sample.right}, "") },
			"okno.conf:2": func() (*Config, error) { return load(t, also, nil, "# a comment\n "+o.name+" = "+sample.right) },
		}
		for from, way := range ways {
			c, err := way()
			if err != nil {
				t.Errorf("%s = %s: %v", from, sample.right, err)
				continue
			}
			got := setting(c, o.name)
			if got.Value != o.show(sample.right) || !strings.HasSuffix(got.From, from) {
				t.Errorf("%s = %s came out as %q from %q", from, sample.right, got.Value, got.From)
			}
		}
	}
}

func TestWrongValueIsRefusedByNameAndPlace(t *testing.T) {
	for name, sample := range samples {
		if sample.wrong == "" {
			continue
		}
		env := "OKNO_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		for from, way := range map[string]func() (*Config, error){
			"--" + name:            func() (*Config, error) { return load(t, []string{"--" + name + "=" + sample.wrong}, nil, "") },
			env:                    func() (*Config, error) { return load(t, nil, []string{env + "=" + sample.wrong}, "") },
			"okno.conf:1: " + name: func() (*Config, error) { return load(t, nil, nil, name+"="+sample.wrong) },
		} {
			if _, err := way(); err == nil || !strings.Contains(err.Error(), from) {
				t.Errorf("%s with %q: error is %v", from, sample.wrong, err)
			}
		}
	}
}

func TestFlagOutweighsEnvironmentOutweighsFileOutweighsDefault(t *testing.T) {
	file, env, flags := "log-format = json\nlisten = 127.0.0.1:1\nlang = ru", []string{"OKNO_LISTEN=127.0.0.1:2", "OKNO_LANG=en"}, []string{"--listen", "127.0.0.1:3"}
	c, err := load(t, flags, env, file)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:3" || c.Lang != "en" || c.LogFormat != "json" || c.LogLevel != slog.LevelInfo {
		t.Errorf("listen %s, lang %s, log-format %s, log-level %v", c.Listen, c.Lang, c.LogFormat, c.LogLevel)
	}
}

func TestFileIsRefusedWithTheLineAtFault(t *testing.T) {
	for file, want := range map[string]string{
		"\nlisen = :80":                     "okno.conf:2: lisen: there is no such option",
		"lang = ru\nlang = en":              "okno.conf:2: lang: stands already at ",
		"lang = ru\npostgres://desk:pw@db/": `okno.conf:2: not of the form "name = value"`,
		"config = other":                    "okno.conf:1: config:",
		"data = /elsewhere":                 "okno.conf:1: data:",
	} {
		if _, err := load(t, nil, nil, file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("file %q: error is %v, want %q", file, err, want)
		}
	}
}

func TestNamedFileIsReadAndMustExist(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.conf")
	if _, err := load(t, []string{"--config", path}, nil, ""); err == nil || !strings.Contains(err.Error(), "--config") {
		t.Errorf("a missing file: error is %v", err)
	}
	if err := os.WriteFile(path, []byte("lang = ru"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(t, nil, []string{"OKNO_CONFIG=" + path}, "lang = en")
	if err != nil {
		t.Fatal(err)
	}
	if c.Lang != "ru" {
		t.Errorf("lang is %s, want that of the named file", c.Lang)
	}
}

func TestUnknownVariableIsRefusedUnlessForTests(t *testing.T) {
	if _, err := load(t, nil, []string{"OKNO_LISEN=:80"}, ""); err == nil || !strings.Contains(err.Error(), "OKNO_LISEN") {
		t.Errorf("error is %v", err)
	}
	if _, err := load(t, nil, []string{"OKNO_TEST_POSTGRES=postgres://x/y", "OKNO_LANG=", "HOME=/"}, ""); err != nil {
		t.Error(err)
	}
}

func TestAllThatIsWrongIsReportedAtOnce(t *testing.T) {
	_, err := load(t, []string{"--lang=de", "--mail-tls-cert=x"}, []string{"OKNO_LISTEN=x"}, "log-format=xml")
	for _, want := range []string{"--lang", "OKNO_LISTEN", "log-format", "--mail-tls-key"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is missing in: %v", want, err)
		}
	}
}

func TestPasswordsAreNeverShown(t *testing.T) {
	const pw = "sesame-77"
	for _, args := range [][]string{
		{"--smtp", "smtp://desk:" + pw + "@relay.example.org:587"},
		{"--db", "postgres://desk:" + pw + "@db.example.org/desk?sslmode=disable"},
		{"--files", "s3://id:" + pw + "@s3.example.org/bucket"},
		{"--db", "postgres://db.example.org/desk?user=desk&password=" + pw},
	} {
		c, err := load(t, args, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := c.Print(&out); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), pw) || !strings.Contains(out.String(), masked) || !strings.Contains(out.String(), "example.org") {
			t.Errorf("%v is printed as\n%s", args, out.String())
		}
	}
	for _, args := range [][]string{
		{"--smtp", "smtp://desk:" + pw + "@relay example:587"},
		{"--smtp", "smtp://desk:" + pw + "@relay.example.org"},
		{"--smtp", "smtp://desk:" + pw + "%zz@relay.example.org:1"},
		{"--db", "postgres://desk:" + pw + "@[db/desk"},
		{"--db", "host=db password=" + pw},
		{"--files", "s3://id:" + pw + "@s3.example.org/?x=1"},
	} {
		if _, err := load(t, args, nil, ""); err == nil || strings.Contains(err.Error(), pw) {
			t.Errorf("%v: error is %v", args, err)
		}
	}
}

func TestPrintedConfigIsAnOptionsFile(t *testing.T) {
	first, err := load(t, []string{"--lang=ru", "--max-upload=3 MB", "--outbound-allow=imap.example.org"}, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := first.Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, o := range options {
		if !strings.Contains(out.String(), "# --"+o.name+", "+o.env()) {
			t.Errorf("--%s is not printed", o.name)
		}
	}
	body := strings.ReplaceAll(out.String(), "data = ", "# data = ")
	again, err := load(t, nil, nil, body)
	if err != nil {
		t.Fatal(err)
	}
	if again.Lang != "ru" || again.MaxUpload != 3<<20 || len(again.OutboundAllow) != 1 {
		t.Errorf("read again: lang %s, max-upload %d, outbound-allow %v", again.Lang, again.MaxUpload, again.OutboundAllow)
	}
}

func TestDefaultsStandInTheDataDirectory(t *testing.T) {
	c, err := load(t, nil, []string{}, "")
	if err != nil {
		t.Fatal(err)
	}
	if c.DB != "sqlite:"+filepath.Join(c.Data, "okno.db") || c.KeyFile != filepath.Join(c.Data, "key") {
		t.Errorf("db %s, key-file %s", c.DB, c.KeyFile)
	}
	if c.Listen != "127.0.0.1:8080" || c.MaxUpload != 25<<20 || c.MaxLetter != 50<<20 || c.Demo || c.Relay != nil || c.BaseURL != nil || c.LMTPListen != (Endpoint{}) || c.DNS.IsValid() {
		t.Errorf("defaults are %+v", c)
	}
}

func TestRelayIsReached(t *testing.T) {
	for value, want := range map[string]Relay{
		"smtp://relay.example.org:25":                   {Host: "relay.example.org", Port: 25, TLS: TLSOffered},
		"smtp://relay.example.org:25?tls=require":       {Host: "relay.example.org", Port: 25, TLS: TLSRequired},
		"smtp://d%40x:p%3Aw@relay.example.org:587":      {Host: "relay.example.org", Port: 587, Login: "d@x", Password: "p:w", TLS: TLSRequired},
		"smtp://desk:pw@relay.example.org:587?tls=none": {Host: "relay.example.org", Port: 587, Login: "desk", Password: "pw", TLS: TLSNone},
		"smtps://desk:pw@[2001:db8::25]:465":            {Host: "2001:db8::25", Port: 465, Login: "desk", Password: "pw", TLS: TLSImplicit},
		"smtps://desk:pw@relay.example.org:1?tls=none":  {},
		"smtp://relay.example.org:25?tls=maybe":         {},
		"smtp://relay.example.org:25?starttls=1":        {},
		"smtp://relay.example.org:25/path":              {},
		"smtp://relay.example.org:99999":                {},
		"http://relay.example.org:25":                   {},
	} {
		got, err := parseRelay(value)
		if (err != nil) != (want == Relay{}) {
			t.Errorf("%s: error is %v", value, err)
		}
		if err == nil && *got != want {
			t.Errorf("%s came out as %+v", value, *got)
		}
	}
}

func TestValuesComeOutTyped(t *testing.T) {
	c, err := load(t, []string{"--demo", "--base-url", "HTTPS://Desk.Example.org/", "--trusted-proxies", "10.1.2.3/8,::1",
		"--trusted-relay", "MX.example.org=192.0.2.7,mx.example.org=unix", "--lmtp-listen", "unix:/run/l", "--dns", "[::1]:53", "--max-letter", "2gb", "--log-level", "warn"}, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if !c.Demo || c.BaseURL.String() != "https://desk.example.org" || c.LMTPListen != (Endpoint{"unix", "/run/l"}) || c.MaxLetter != 2<<30 || c.LogLevel != slog.LevelWarn {
		t.Errorf("demo %v, base-url %v, lmtp-listen %v, max-letter %d, log-level %v", c.Demo, c.BaseURL, c.LMTPListen, c.MaxLetter, c.LogLevel)
	}
	if len(c.TrustedProxies) != 2 || c.TrustedProxies[0] != netip.MustParsePrefix("10.0.0.0/8") || c.TrustedProxies[1] != netip.MustParsePrefix("::1/128") {
		t.Errorf("trusted-proxies %v", c.TrustedProxies)
	}
	if len(c.TrustedRelays) != 2 || c.TrustedRelays[0] != (TrustedRelay{Name: "mx.example.org", From: netip.MustParsePrefix("192.0.2.7/32")}) || !c.TrustedRelays[1].Socket {
		t.Errorf("trusted-relay %v", c.TrustedRelays)
	}
}
