// Headers that claim what is not so: each is refused before memory is taken for it.

using System.Buffers.Binary;
using System.Text;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Storage;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("{'t':{'dtype':'F32','shape':[2,2],'data_offsets':[0,17]}}", "the file has 16 of data")]
    [InlineData("{'t':{'dtype':'F32','shape':[2,2],'data_offsets':[8,0]}}", "from byte 8 to 0")]
    [InlineData("{'t':{'dtype':'F32','shape':[2,2],'data_offsets':[-8,8]}}", "from byte -8")]
    [InlineData("{'t':{'dtype':'F32','shape':[2,3],'data_offsets':[0,16]}}", "needs 24 bytes")]
    [InlineData("{'t':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,1]}}", "out of range")]
    [InlineData("{'t':{'dtype':'F32','shape':[-1,4],'data_offsets':[0,16]}}", "-1 elements")]
    [InlineData("{'t':{'dtype':'F32','shape':[2,0],'data_offsets':[0,0]}}", "out of range")]
    [InlineData("{'t':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}", "0 tensors can be")]
    [InlineData("{'t':{'dtype':'I32','shape':[2,2],'data_offsets':[0,16]}}", "0 tensors can be")]
    [InlineData("{'t':{'dtype':'F32','shape':[2,2],'data_offsets':[0]}}", "1 offsets")]
    [InlineData("{'t':{'dtype':'F32','shape':[2,2]}}", "not a JSON object of tensors")]
    [InlineData("{'t':{'dtype':7,'shape':[2,2],'data_offsets':[0,16]}}", "not a JSON object of tensors")]
    [InlineData("{'t':[]}", "not a JSON object of tensors")]
    [InlineData("{'t':{'dtype':'F32','shape':[2,2],'data_offsets':[0,99999999999999999999]}}",
        "not a JSON object")]
    [InlineData("{'t'", "not a JSON object of tensors")]
    [InlineData("{'t':{'dtype':'F8','shape':[],'data_offsets':[0,1]},"
        + "'t':{'dtype':'','shape':[],'data_offsets':[0,0]}}", "two tensors")]
    public void Header_ThatClaimsWhatIsNotSo_IsRefused(string header, string why) =>
        Assert.Contains(why, Refused(header), StringComparison.Ordinal);

    private string Refused(string header)
    {
        byte[] start = new byte[8], json = Encoding.UTF8.GetBytes(header.Replace('\'', '"'));
        BinaryPrimitives.WriteUInt64LittleEndian(start, (ulong)json.Length);
        File.WriteAllBytes(_path, [.. start, .. json, .. new byte[16]]);
        var error = Assert.Throws<EmbedEngineException>(() =>
        {
            using SafetensorsFile file = SafetensorsFile.Open(_path);
            file.ReadMatrix(file.Matrix(null));
        });
        Assert.Equal(ErrorCode.BadInput, error.Code);
        Assert.StartsWith(_path, error.Message, StringComparison.Ordinal);
        return error.Message;
    }
}
