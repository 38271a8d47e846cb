// What a caller names as output is written, and nothing that is no plain file is ever renamed over.

using System.Diagnostics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Storage;

public sealed class OutputFileTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public OutputFileTests()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("devices and pipes of Linux");
    }

    public void Dispose() => _scratch.Dispose();

    private static void Write(string path, string text)
    {
        using var file = new OutputFile(path);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Commit();
    }

    [Fact]
    public void File_IsReplacedWhole_OrStays()
    {
        string path = _scratch.Write("a", "old");
        using (var file = new OutputFile(path)) file.Write("half"u8);
        Assert.Equal("old", File.ReadAllText(path));
        Write(path, "new");
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_scratch.Root));
    }

    [Fact]
    public void Link_StaysALink_AndItsTargetIsReplaced()
    {
        string target = _scratch.Write("target", "old"), link = Path.Combine(_scratch.Root, "link");
        string chain = Path.Combine(_scratch.Root, "chain");
        File.CreateSymbolicLink(link, target);
        File.CreateSymbolicLink(chain, link);
        Write(chain, "new");
        Assert.Equal("new", File.ReadAllText(target));
        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.NotNull(new FileInfo(chain).LinkTarget);
    }

    [Fact]
    public void Link_ToAFileThatIsNotThereYet_MakesIt()
    {
        string target = Path.Combine(_scratch.Root, "later"), link = Path.Combine(_scratch.Root, "link");
        File.CreateSymbolicLink(link, target);
        Write(link, "new");
        Assert.Equal("new", File.ReadAllText(target));
        Assert.NotNull(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void Device_IsWrittenTo_AndStaysOne()
    {
        Write("/dev/null", "gone");
        Assert.False(new FileInfo("/dev/null").Length > 0);
        Assert.Throws<EmbedEngineException>(() => Write("/dev/full", "no room"));
        using var file = new OutputFile("/dev/null");
        var e = Assert.Throws<EmbedEngineException>(file.RequireFile);
        Assert.Equal(ErrorCode.InvalidArgument, e.Code);
    }

    [Fact]
    public void Pipe_IsWrittenTo_AndStaysOne()
    {
        string pipe = Path.Combine(_scratch.Root, "pipe");
        using (Process made = Process.Start("mkfifo", pipe)) made.WaitForExit();
        string? read = null;
        var reader = new Thread(() => read = File.ReadAllText(pipe));
        reader.Start();
        Write(pipe, "through");
        reader.Join();
        Assert.Equal("through", read);
        Assert.True(File.Exists(pipe));
        Assert.Equal([pipe], Directory.GetFiles(_scratch.Root));
    }
}
