// Package config knows the profiles, one for each company's platform, and where each setting came from: flag, environment,
// file or default.
package config

import (
	"sync"
	"time"

	"imagery/client"
)

// Profile is one company's platform as this user reaches it.
type Profile struct {
	Name string `toml:"-" json:"name"`
	// URL is the origin, with or without a path in front of the endpoints'. Empty on a demo profile whose platform is started
	// at sign-in.
	URL      string `toml:"url" json:"url"`
	Username string `toml:"username,omitempty" json:"username,omitempty"`
	// SystemCode is issued by the platform to the caller and travels in the URL of interfaces 2 and 6.
	SystemCode string `toml:"system_code,omitempty" json:"systemCode,omitempty"`
	// EmpCode is the employee who discards. Interface 3.
	EmpCode  string `toml:"emp_code,omitempty" json:"empCode,omitempty"`
	Timezone string `toml:"timezone,omitempty" json:"timezone,omitempty"`  // IANA name; empty: Asia/Shanghai
	PageBase string `toml:"page_base,omitempty" json:"pageBase,omitempty"` // "0", "1", or empty: found out by the first search
	ReadOnly bool   `toml:"read_only,omitempty" json:"readOnly"`
	Insecure bool   `toml:"insecure,omitempty" json:"insecure"` // any certificate is accepted
	// TrustedKey is the SHA-256 of the server's public key (SPKI) in lower-case hex; empty: system roots decide.
	TrustedKey  string `toml:"trusted_key,omitempty" json:"trustedKey,omitempty"`
	Base64Limit int64  `toml:"base64_limit,omitempty" json:"base64Limit,omitempty"` // bytes; bigger files go up through interface 5 first
	Downloads   string `toml:"downloads,omitempty" json:"downloads,omitempty"`      // folder that downloads are offered in
	// Concurrency is how many requests of this program's tasks may be under way at once; 0: as many as help.
	Concurrency int64 `toml:"concurrency,omitempty" json:"concurrency,omitempty"`
	// Rate is how many requests of this program's tasks may begin in a second; 0: as many as there are.
	Rate  int64  `toml:"rate,omitempty" json:"rate,omitempty"`
	Rules string `toml:"rules,omitempty" json:"rules,omitempty"` // completeness rules: the file's path, from the home folder with ~
	Demo  bool   `toml:"-" json:"demo"`                          // the built-in platform

	Endpoints client.Endpoints `toml:"endpoints,omitempty" json:"-"`
}

// DefaultBase64Limit is the size in bytes up to which a file travels inside the archive request.
const DefaultBase64Limit = 4 << 20

// The highest limits a profile can have; what is above them limits nothing.
const (
	MaxConcurrency = 64     // requests at once
	MaxRate        = 10_000 // requests a second
)

// Base64Max returns Base64Limit or its default, in bytes.
func (p Profile) Base64Max() int64 {
	if p.Base64Limit > 0 {
		return p.Base64Limit
	}
	return DefaultBase64Limit
}

// Location returns the zone of dates that name none.
func (p Profile) Location() (*time.Location, error) {
	if p.Timezone != "" {
		return time.LoadLocation(p.Timezone)
	}
	return Zone(), nil
}

// Zone is where the platforms and their users are: times are typed and shown in it.
var Zone = sync.OnceValue(func() *time.Location {
	if loc, err := time.LoadLocation("Asia/Shanghai"); err == nil {
		return loc
	}
	return time.FixedZone("Asia/Shanghai", 8*60*60) // no zones on this machine
})

// Base returns PageBase as the client wants it.
func (p Profile) Base() client.PageBase {
	switch p.PageBase {
	case "0":
		return client.PageBaseZero
	case "1":
		return client.PageBaseOne
	}
	return client.PageBaseUnknown
}
