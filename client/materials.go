package client

import "context"

// ListMaterials returns the materials of one account, and of its customer and in superseded versions if asked.
// null, data:null and a success without data are lists with nothing in them, as the contract has it; an answer without a byte is
// ErrMalformed. Interface 7.
func (c *Client) ListMaterials(ctx context.Context, m ListMaterialsRequest) ([]MaterialInfo, error) {
	r := &request{op: OpListMaterials}
	for _, f := range []arg{{"accountNo", m.AccountNo}, {"accountBizType", m.AccountBizType}} {
		if f.val == "" {
			return nil, &InvalidError{r.op, f.name, ReasonMissing}
		}
		r.fields = append(r.fields, f)
	}
	r.add("withCustomer", m.WithCustomer)
	r.add("withHis", m.WithHis)
	r.list("materialCodes", m.MaterialCodes)
	v, err := c.reply(ctx, r)
	if err != nil {
		return nil, err
	}
	out, err := list(c.decoder(), v, readMaterial)
	if err != nil {
		return nil, r.failed(err, nil)
	}
	return out, nil
}
