package mail

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"

	"github.com/emersion/go-msgauth/dkim"
)

// rsaBits is the length that RFC 8301 asks of signers.
const rsaBits = 2048

// signedFields are the header fields that a signature covers: those a reader
// sees, those that lead his answer, and those that switch letters off
// (RFC 6376 5.4.1, RFC 8058 4).
var signedFields = []string{
	"From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post",
}

// SigningKey is a key that letters are signed with (RFC 6376).
type SigningKey struct {
	Domain, Selector string
	signer           crypto.Signer
}

// NewSigningKey makes a key: of RSA, or else of Ed25519. private is PKCS #8,
// public what the DNS record holds after p=.
func NewSigningKey(ofRSA bool) (private []byte, public string, err error) {
	var signer crypto.Signer
	if ofRSA {
		signer, err = rsa.GenerateKey(rand.Reader, rsaBits)
	} else {
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		return nil, "", err
	}
	if private, err = x509.MarshalPKCS8PrivateKey(signer); err != nil {
		return nil, "", err
	}
	return private, publicKey(signer), nil
}

// publicKey is the public half as the DNS has it: RSA as a
// SubjectPublicKeyInfo, Ed25519 bare (RFC 8463 4.2).
func publicKey(s crypto.Signer) string {
	if key, ok := s.Public().(ed25519.PublicKey); ok {
		return base64.StdEncoding.EncodeToString(key)
	}
	der, err := x509.MarshalPKIXPublicKey(s.Public())
	if err != nil {
		panic(err) // made here, of a kind that can be written
	}
	return base64.StdEncoding.EncodeToString(der)
}

// ReadSigningKey reads the private half that NewSigningKey made.
func ReadSigningKey(domain, selector string, private []byte) (*SigningKey, error) {
	key, err := x509.ParsePKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("signing key: %T signs nothing", key)
	}
	return &SigningKey{Domain: domain, Selector: selector, signer: signer}, nil
}

// Sign is the letter with a signature before it. Relaxed forms: relays fold
// fields and trim lines.
func (k *SigningKey) Sign(raw []byte) ([]byte, error) {
	var signed bytes.Buffer
	err := dkim.Sign(&signed, bytes.NewReader(raw), &dkim.SignOptions{
		Domain: k.Domain, Selector: k.Selector, Signer: k.signer, Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: signedFields,
	})
	return signed.Bytes(), err
}
