package push

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"time"
)

// tokenLasts is how long a push service may take our word; 24 hours at most
// (RFC 8292, 2).
const tokenLasts = 12 * time.Hour

// authorization is the header by which a push service knows that it is the
// same sender as ever (RFC 8292): a token for its origin alone, signed with
// ES256, and our public key. contact is where its keepers can find us.
func authorization(key *ecdsa.PrivateKey, endpoint *url.URL, contact string, now time.Time) (string, error) {
	claims, err := json.Marshal(struct {
		Audience string `json:"aud"`
		Expires  int64  `json:"exp"`
		Subject  string `json:"sub"`
	}{endpoint.Scheme + "://" + endpoint.Host, now.Add(tokenLasts).Unix(), contact})
	if err != nil {
		return "", err
	}
	base := base64.RawURLEncoding
	token := base.EncodeToString([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + base.EncodeToString(claims)
	sum := sha256.Sum256([]byte(token))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		return "", err
	}
	signature := make([]byte, 64) // r and s of 32 bytes each (RFC 7518, 3.4)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	point, err := key.PublicKey.Bytes()
	if err != nil {
		return "", err
	}
	return "vapid t=" + token + "." + base.EncodeToString(signature) + ", k=" + base.EncodeToString(point), nil
}
