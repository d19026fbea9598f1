package push

import (
	"crypto/ecdh"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/oknodesk/okno"
)

func unbase(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestSealingIsThatOfTheStandard takes the example of RFC 8291, 5.
func TestSealingIsThatOfTheStandard(t *testing.T) {
	own, err := ecdh.P256().NewPrivateKey(unbase(t, "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
	if err != nil {
		t.Fatal(err)
	}
	to := okno.PushTarget{
		P256DH: unbase(t, "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
		Auth:   unbase(t, "BTBZMqHH6r4Tts7J_aSIgg"),
	}
	sealed, err := sealWith(to, []byte("When I grow up, I want to be a watermelon"), own, unbase(t, "DGv6ra1nlYgDCS1FRnbzlw"))
	if err != nil {
		t.Fatal(err)
	}
	const want = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
	if got := base64.RawURLEncoding.EncodeToString(sealed); got != want {
		t.Errorf("sealed as\n%s, want\n%s", got, want)
	}
}

func TestNothingIsSealedForAKeyThatIsNone(t *testing.T) {
	if _, err := seal(okno.PushTarget{P256DH: append([]byte{4}, make([]byte, 64)...), Auth: make([]byte, 16)}, []byte("x")); err == nil {
		t.Error("a point that is not on the curve was taken")
	}
	if _, err := seal(okno.PushTarget{}, []byte(strings.Repeat("x", maxPlain+1))); err == nil {
		t.Error("more than a record was taken")
	}
}
