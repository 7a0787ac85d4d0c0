package demo

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// user is a login of the demo.
type user struct {
	name, password, emp string
	dept                string // sees this department and everything below
}

// users are the demo's logins: demo sees the whole book, sh one branch.
var users = []user{
	{"demo", "demo", "0231", "1000"},
	{"sh", "sh", "0118", "1101"},
}

// SystemCode is the code that the demo has issued to callers of interfaces 2 and 6.
const SystemCode = "IMAGERY"

const jwtHeader = `{"alg":"HS256","typ":"JWT"}`

var b64 = base64.RawURLEncoding

// signIn is interface 1.
func (p *Platform) signIn(w http.ResponseWriter, r *http.Request) {
	var in struct{ Username, Password string }
	if !readJSON(w, r, &in) {
		return
	}
	for _, u := range users {
		if u.name == in.Username && hmac.Equal([]byte(u.password), []byte(in.Password)) {
			w.Header().Set("Authorization", p.token(u))
			writeJSON(w, map[string]string{"username": u.name, "empCode": u.emp})
			return
		}
	}
	http.Error(w, "Invalid Credentials", http.StatusUnauthorized)
}

// claims are what a token says.
type claims struct {
	Sub string `json:"sub"`
	Iat int64  `json:"iat"`
	Exp int64  `json:"exp"`
}

func (p *Platform) token(u user) string {
	now := p.opts.Now()
	payload, _ := json.Marshal(claims{u.name, now.Unix(), now.Add(p.opts.TokenLife).Unix()})
	signed := b64.EncodeToString([]byte(jwtHeader)) + "." + b64.EncodeToString(payload)
	return signed + "." + b64.EncodeToString(p.sign(signed))
}

func (p *Platform) sign(s string) []byte {
	m := hmac.New(sha256.New, p.key)
	m.Write([]byte(s))
	return m.Sum(nil)
}

// whoever returns the user a token was given to, as long as it lasts.
func (p *Platform) whoever(token string) (user, bool) {
	token = strings.TrimPrefix(token, "Bearer ")
	i := strings.LastIndexByte(token, '.')
	if i < 0 {
		return user{}, false
	}
	sig, err := b64.DecodeString(token[i+1:])
	if err != nil || !hmac.Equal(sig, p.sign(token[:i])) {
		return user{}, false
	}
	_, payload, _ := strings.Cut(token[:i], ".")
	raw, err := b64.DecodeString(payload)
	var c claims
	if err != nil || json.Unmarshal(raw, &c) != nil || p.opts.Now().After(time.Unix(c.Exp, 0)) {
		return user{}, false
	}
	for _, u := range users {
		if u.name == c.Sub {
			return u, true
		}
	}
	return user{}, false
}

// handler answers one interface for a signed-in user.
type handler func(w http.ResponseWriter, r *http.Request, u user)

func (p *Platform) signedIn(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u, ok := p.whoever(r.Header.Get("Authorization"))
		if !ok {
			fail(w, r, http.StatusUnauthorized, "Full authentication is required to access this resource")
			return
		}
		h(w, r, u)
	}
}
