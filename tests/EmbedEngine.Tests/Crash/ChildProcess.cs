using System.Diagnostics;

namespace EmbedEngine.Tests.Crash;

/// <summary>This assembly as a process of its own: see <see cref="ChildProgram"/>.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    public ChildProcess(params string[] arguments)
    {
        string? host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
        var start = new ProcessStartInfo(string.IsNullOrEmpty(host) ? "dotnet" : host)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    /// <summary>The next line it prints; null when it has ended.</summary>
    public string? ReadLine() => _process.StandardOutput.ReadLine();

    public void WaitForReady() => Assert.Equal("ready", ReadLine());

    public void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    public string Ask(string line)
    {
        Tell(line);
        return ReadLine()!;
    }

    /// <summary>Ends its input and reads the rest of its lines.</summary>
    public List<string> Finish()
    {
        _process.StandardInput.Close();
        var lines = new List<string>();
        while (ReadLine() is string line) lines.Add(line);
        Assert.True(_process.WaitForExit(600_000));
        Assert.Equal(0, _process.ExitCode);
        return lines;
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
