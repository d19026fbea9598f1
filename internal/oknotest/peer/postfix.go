package peer

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

const postfixProgram = "/usr/sbin/postfix"

// Postfix is a mail server that passes letters on: it takes them in from
// anyone on this machine at SMTP, and from who signs in with Password, over
// TLS only, at Submission.
type Postfix struct {
	SMTP, Submission int // ports

	dir string
	run *server
}

// Way is where Postfix takes the letters for a domain.
type Way struct {
	Transport string   // as in transport(5): lmtp:unix:/path, lmtp:inet:host:port; empty: Pipe
	Pipe      []string // the command and its arguments, with pipe(8)'s ${…}; run as As
	As        string
}

// pipe is a service of Postfix's that runs a command.
type pipe struct {
	Name string
	Way
}

// StartPostfix runs one that knows a way for each domain or address and whose
// senders sign in as at the Dovecot, which must be running. Letters that are put off
// are tried again after two seconds.
func StartPostfix(dir string, c Certificate, senders *Dovecot, ways map[string]Way) (*Postfix, error) {
	ports, err := keptPorts(2)
	if err != nil {
		return nil, err
	}
	p := &Postfix{SMTP: ports[0], Submission: ports[1], dir: dir}
	owner, err := user.Lookup("postfix")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		return nil, err
	}
	var main, master bytes.Buffer
	var domains, transports []string
	var pipes []pipe
	for _, to := range slices.Sorted(maps.Keys(ways)) {
		domains = append(domains, to[strings.LastIndexByte(to, '@')+1:])
		transport := ways[to].Transport
		if ways[to].Pipe != nil {
			pipes = append(pipes, pipe{fmt.Sprint("pipe", len(pipes)), ways[to]})
			transport = pipes[len(pipes)-1].Name + ":"
		}
		transports = append(transports, "{"+to+"="+transport+"}")
	}
	about := map[string]any{"P": p, "Dir": dir, "Certificate": c, "Auth": senders.Auth, "Domains": strings.Join(domains, ", "), "Transports": strings.Join(transports, ", "), "Pipes": pipes}
	err = errors.Join(
		mainConf.Execute(&main, about), masterConf.Execute(&master, about),
		os.WriteFile(filepath.Join(dir, "main.cf"), main.Bytes(), 0o644), os.WriteFile(filepath.Join(dir, "master.cf"), master.Bytes(), 0o644),
		os.Mkdir(p.queue(), 0o755), os.Mkdir(filepath.Join(dir, "data"), 0o755), os.Chown(filepath.Join(dir, "data"), uid, -1),
	)
	if err != nil {
		return nil, err
	}
	return p, p.start()
}

func (p *Postfix) queue() string { return filepath.Join(p.dir, "queue") }

// Log is where it says what became of each letter.
func (p *Postfix) Log() string { return filepath.Join(p.dir, "mail.log") }

var mainConf = template.Must(template.New("main.cf").Parse(`compatibility_level = 3.6
queue_directory = {{.Dir}}/queue
data_directory = {{.Dir}}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {{.Dir}}/mail.log
maillog_file_prefixes = {{.Dir}}
myhostname = mx.desk.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:nobody lives here
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtp_host_lookup = native
recipient_delimiter = +
relay_domains = {{.Domains}}
transport_maps = inline:{ {{.Transports}} }
message_size_limit = 60000000
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
smtpd_tls_cert_file = {{.Certificate.File}}
smtpd_tls_key_file = {{.Certificate.Key}}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {{.Auth}}
smtpd_peername_lookup = no
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 2s
maximal_queue_lifetime = 10m
bounce_queue_lifetime = 10m
{{range .Pipes}}{{.Name}}_destination_recipient_limit = 1
{{end}}`))

var masterConf = template.Must(template.New("master.cf").Funcs(template.FuncMap{"join": strings.Join}).Parse(`
127.0.0.1:{{.P.SMTP}} inet n - n - - smtpd
127.0.0.1:{{.P.Submission}} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
{{range .Pipes}}{{.Name}} unix - n n - 4 pipe
  flags=Rq user={{.As}} null_sender=
  argv={{join .Pipe " "}}
{{end}}`))

func (p *Postfix) start() (err error) {
	// Makes the queue's directories; then the master itself is run.
	if out, err := exec.Command(postfixProgram, "-c", p.dir, "check").CombinedOutput(); err != nil {
		return fmt.Errorf("postfix check: %w: %s", err, out)
	}
	if p.run, err = begin("/usr/lib/postfix/sbin/master", "-c", p.dir, "-d"); err != nil {
		return err
	}
	return p.run.ready(map[int]string{p.SMTP: "220", p.Submission: "220"})
}

// Kill ends it with all its processes.
func (p *Postfix) Kill() error {
	if p.run == nil {
		return nil
	}
	err := p.run.kill()
	p.run = nil
	return err
}

// Waiting is how many letters are put off, to be tried again.
func (p *Postfix) Waiting() (n int, err error) {
	err = filepath.WalkDir(filepath.Join(p.queue(), "deferred"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	return n, err
}
