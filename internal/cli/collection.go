package cli

import "imagery/client"

func (p *program) readCollection(name string) (client.Endpoints, error) { return nil, nil }
