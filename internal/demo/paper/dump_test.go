package paper
import ("testing";"os";"fmt";"time")
func TestDump(t *testing.T){
 for _,code:=range []string{"1101","1102","1103","1104","1107","1201","2101","2103","3101","4101"}{
  for _,f:=range Formats{
   d:=Doc{Code:code,Title:"期货经纪合同",Name:"欧阳娜娜",IDNo:"99999919900101123X",AccountNo:"8800000012",Dept:"上海营业部",Seed:12345,Format:f,Pages:2}
   t0:=time.Now(); b,err:=Render(d); if err!=nil{ t.Error(code,f,err); continue}
   fmt.Println(code,f,len(b),time.Since(t0).Milliseconds(),"ms")
   os.WriteFile(fmt.Sprintf("/tmp/paper/%s-%s%s",code,f,Ext(f)),b,0o644)
  }}
}
