package peer

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

const (
	dovecotProgram = "/usr/sbin/dovecot"
	doveadmProgram = "/usr/bin/doveadm"
)

// Dovecot is a server of mailboxes: whoever signs in with Password, or with a
// token that TokenInfo knows, has one.
type Dovecot struct {
	IMAP, IMAPS, POP3, POP3S, LMTP int    // ports; IMAP and POP3 offer STARTTLS and STLS
	Auth                           string // socket where Postfix asks who may send
	Log                            string

	certificate Certificate
	conf        string
	run         *server
}

// StartDovecot runs one. tokenInfo is asked about bearer tokens: the token is
// added to it, and {"email": user, "active": "true"} is the answer to a good
// one; empty: none is.
func StartDovecot(dir string, c Certificate, tokenInfo string) (*Dovecot, error) {
	ports, err := keptPorts(5)
	if err != nil {
		return nil, err
	}
	d := &Dovecot{IMAP: ports[0], IMAPS: ports[1], POP3: ports[2], POP3S: ports[3], LMTP: ports[4], certificate: c}
	d.Auth, d.conf, d.Log = filepath.Join(dir, "auth"), filepath.Join(dir, "dovecot.conf"), filepath.Join(dir, "dovecot.log")
	var conf, oauth bytes.Buffer
	err = dovecotConf.Execute(&conf, map[string]any{"D": d, "Dir": dir, "Certificate": c, "Password": Password, "Tokens": tokenInfo != ""})
	if err == nil && tokenInfo != "" {
		fmt.Fprintf(&oauth, "tokeninfo_url = %s\nintrospection_mode = auth\nusername_attribute = email\nactive_attribute = active\nactive_value = true\n", tokenInfo)
		err = os.WriteFile(filepath.Join(dir, "oauth.conf"), oauth.Bytes(), 0o644)
	}
	if err == nil {
		err = errors.Join(os.WriteFile(d.conf, conf.Bytes(), 0o644), os.Mkdir(filepath.Join(dir, "mail"), 0o777), os.Chmod(filepath.Join(dir, "mail"), 0o777))
	}
	if err != nil {
		return nil, err
	}
	return d, d.Start()
}

var dovecotConf = template.Must(template.New("dovecot.conf").Parse(`
base_dir = {{.Dir}}/run
state_dir = {{.Dir}}/state
log_path = {{.D.Log}}
listen = 127.0.0.1
protocols = imap pop3 lmtp
ssl = yes
ssl_cert = <{{.Certificate.File}}
ssl_key = <{{.Certificate.Key}}
disable_plaintext_auth = yes
auth_mechanisms = plain login{{if .Tokens}} xoauth2 oauthbearer{{end}}
first_valid_uid = 1
mail_uid = nobody
mail_gid = nogroup
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 50
lda_mailbox_autocreate = yes
{{if .Tokens}}passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {{.Dir}}/oauth.conf
}
{{end}}passdb {
  driver = static
  mechanisms = plain login
  args = password={{.Password}}
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home={{.Dir}}/mail/%n allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  inet_listener imap {
    port = {{.D.IMAP}}
  }
  inet_listener imaps {
    port = {{.D.IMAPS}}
    ssl = yes
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = {{.D.POP3}}
  }
  inet_listener pop3s {
    port = {{.D.POP3S}}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    port = {{.D.LMTP}}
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service auth {
  unix_listener {{.D.Auth}} {
    mode = 0666
  }
}
`))

// Start runs the server again on the mailboxes it had.
func (d *Dovecot) Start() (err error) {
	if d.run, err = begin(dovecotProgram, "-F", "-c", d.conf); err != nil {
		return err
	}
	return d.run.ready(map[int]string{d.IMAP: "* OK", d.POP3: "+OK", d.LMTP: "220"})
}

// Kill ends it with all connections, as a power cut would.
func (d *Dovecot) Kill() error {
	if d.run == nil {
		return nil
	}
	err := d.run.kill()
	d.run = nil
	return err
}

// Put lays a letter into a mailbox's folder, which is made where it is absent.
func (d *Dovecot) Put(mailbox, folder, raw string) error {
	if folder != "INBOX" {
		if err := d.admin(nil, "mailbox", "create", "-u", mailbox, folder); err != nil && !strings.Contains(err.Error(), "exists") {
			return err
		}
	}
	return d.admin(strings.NewReader(raw), "save", "-u", mailbox, "-m", folder)
}

// Remove forgets a folder with its numbers.
func (d *Dovecot) Remove(mailbox, folder string) error {
	return d.admin(nil, "mailbox", "delete", "-u", mailbox, folder)
}

func (d *Dovecot) admin(in *strings.Reader, args ...string) error {
	cmd := exec.Command(doveadmProgram, append([]string{"-c", d.conf}, args...)...)
	if in != nil {
		cmd.Stdin = in
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("doveadm %s: %w: %s", args[0], err, bytes.TrimSpace(out))
	}
	return nil
}

// Open signs in to a mailbox by IMAP; Close the client when done.
func (d *Dovecot) Open(mailbox string) (*imapclient.Client, error) {
	roots, err := d.certificate.Roots()
	if err != nil {
		return nil, err
	}
	c, err := imapclient.DialTLS(address(d.IMAPS), &imapclient.Options{TLSConfig: &tls.Config{RootCAs: roots}})
	if err != nil {
		return nil, err
	}
	late := time.AfterFunc(startTime, func() { c.Close() })
	defer late.Stop()
	return c, c.Login(mailbox, Password).Wait()
}
