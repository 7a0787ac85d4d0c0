// Package client is the Go SDK of the platform's nine imagery interfaces. It needs the standard library only.
package client
