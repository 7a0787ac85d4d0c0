// Command imagery is a terminal client for the imagery interfaces of the 德索 business-management platform.
package main

import (
	"os"

	"imagery/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
