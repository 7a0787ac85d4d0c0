package client

import "fmt"

// Op is the number of one of the platform's nine interfaces, 1 to 9.
type Op int

// The nine interfaces, numbered as the vendor's note numbers them.
const (
	OpSignIn            Op = iota + 1 // Interface 1.
	OpArchiveToAccount                // Interface 2.
	OpDiscard                         // Interface 3.
	OpAddAccount                      // Interface 4.
	OpUploadFile                      // Interface 5.
	OpArchiveToCustomer               // Interface 6.
	OpListMaterials                   // Interface 7.
	OpFetchFile                       // Interface 8.
	OpSearchAccounts                  // Interface 9.
)

// Writes reports whether the interface changes the platform (2 to 6). Writes are never retried on their own.
func (o Op) Writes() bool { return o >= OpArchiveToAccount && o <= OpArchiveToCustomer }

// String returns "interface N".
func (o Op) String() string { return fmt.Sprintf("interface %d", int(o)) }

// Place is where a request field travels.
type Place string

// The places a field can travel in. Nested values (materials, base64File) need InJSON; elsewhere they travel as JSON text.
const (
	InPath  Place = "path"  // a {name} segment of the path template
	InQuery Place = "query" // dotted keys, lists as repeated keys
	InJSON  Place = "json"  // dotted names become nested objects
	InForm  Place = "form"  // urlencoded: dotted keys, lists as repeated keys
	InPart  Place = "part"  // multipart/form-data
)

// Endpoint says where one interface lives on a company's platform and how its fields travel.
type Endpoint struct {
	// Method is the HTTP method, in upper case.
	Method string `json:"method" toml:"method"`
	// Path is appended to the base URL. {systemCode} and the like are replaced by the field of that platform name, escaped.
	Path string `json:"path" toml:"path"`
	// Default is where fields go that neither the path template nor Fields names.
	Default Place `json:"default" toml:"default"`
	// Fields holds the exceptions, by the platform's own field name; ranges are dotted (openAcctDateRange.start).
	Fields map[string]Field `json:"fields,omitempty" toml:"fields,omitempty"`
	// Fixed is sent with every call as query parameters.
	Fixed map[string]string `json:"fixed,omitempty" toml:"fixed,omitempty"`
}

// Field is how one field travels where that differs from its Endpoint's Default. Empty members mean "as usual".
type Field struct {
	In   Place  `json:"in,omitempty" toml:"in,omitempty"`
	Name string `json:"name,omitempty" toml:"name,omitempty"` // its name on the wire, the platform's own if empty
	Type string `json:"type,omitempty" toml:"type,omitempty"` // "string", "number" or "boolean" in JSON bodies
}

// Endpoints is a company's platform: one Endpoint for each interface its collection describes.
type Endpoints map[Op]Endpoint

// The addresses of interfaces 1 and 8 are the same at every company (contract: known).
const (
	SignInPath    = "/crm/login/jwt"
	FetchFilePath = "/crm/dms/files/{fileId}/file"
)

func (e Endpoint) place(field string) (Place, string, string) {
	f := e.Fields[field]
	if f.In == "" {
		f.In = e.Default
	}
	if f.Name == "" {
		f.Name = field
	}
	return f.In, f.Name, f.Type
}
