package client

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// MarshalJSON implements json.Marshaler with the platform's names, unknown fields included.
func (t ServiceAccess) MarshalJSON() ([]byte, error) {
	type plain ServiceAccess
	return withExtra(plain(t), t.Extra)
}

// MarshalJSON implements json.Marshaler with the platform's names, unknown fields included.
func (t File) MarshalJSON() ([]byte, error) {
	type plain File
	return withExtra(plain(t), t.Extra)
}

// MarshalJSON implements json.Marshaler with the platform's names, unknown fields included.
func (t MaterialInfo) MarshalJSON() ([]byte, error) {
	type plain MaterialInfo
	return withExtra(plain(t), t.Extra)
}

// MarshalJSON implements json.Marshaler with the platform's names, unknown fields included.
func (t Customer) MarshalJSON() ([]byte, error) {
	type plain Customer
	return withExtra(plain(t), t.Extra)
}

// MarshalJSON implements json.Marshaler with the platform's names, unknown fields included.
func (t Account) MarshalJSON() ([]byte, error) {
	type plain Account
	return withExtra(plain(t), t.Extra)
}

// MarshalJSON implements json.Marshaler with the platform's names, unknown fields included.
func (t Department) MarshalJSON() ([]byte, error) {
	type plain Department
	return withExtra(plain(t), t.Extra)
}

// MarshalJSON implements json.Marshaler with the platform's names, unknown fields included.
func (t CustomerAccount) MarshalJSON() ([]byte, error) {
	type plain CustomerAccount
	return withExtra(plain(t), t.Extra)
}

// withExtra marshals known, an object, and puts extra's members behind its own in name order.
func withExtra(known any, extra Extra) ([]byte, error) {
	b, err := json.Marshal(known)
	if err != nil || len(extra) == 0 {
		return b, err
	}
	out := bytes.NewBuffer(b[:len(b)-1])
	for _, k := range slices.Sorted(maps.Keys(extra)) {
		name, err := json.Marshal(k)
		if err != nil {
			return nil, err
		}
		out.WriteByte(',')
		out.Write(name)
		out.WriteByte(':')
		out.Write(extra[k])
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
