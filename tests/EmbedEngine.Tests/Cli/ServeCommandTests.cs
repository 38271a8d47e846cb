// `serve` and `metrics` as processes: what they print, what they refuse, and a stop by SIGTERM.

using System.Diagnostics;
using System.Text.Json;

namespace EmbedEngine.Tests.Cli;

public sealed class ServeCommandTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Serve_AnswersUntilItIsToldToStop()
    {
        _scratch.MakeTrained(300, 20, StoreScratch.Least());
        using Process process = CliProcess.Start("serve", _scratch.Store, "--port", "0");
        try
        {
            JsonElement first = Line(process);
            Assert.Equal("listening", first.GetProperty("event").GetString());
            string address = first.GetProperty("address").GetString()!;
            Assert.StartsWith("http://127.0.0.1:", address);
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            string answer = await client.GetStringAsync("/v1/users/7/recommend?limit=3");
            Assert.Equal(3, JsonDocument.Parse(answer).RootElement
                .GetProperty("recommendations").GetArrayLength());
            using (Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"])) kill.WaitForExit();
            Assert.Equal("stopping", Line(process).GetProperty("event").GetString());
            Assert.Equal("stopped", Line(process).GetProperty("event").GetString());
            Assert.True(process.WaitForExit(60_000));
            Assert.Equal(0, process.ExitCode);
            Assert.Equal("", await process.StandardOutput.ReadToEndAsync());
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static JsonElement Line(Process process)
    {
        string? line = process.StandardError.ReadLine();
        Assert.NotNull(line);
        return JsonDocument.Parse(line).RootElement;
    }

    [Fact]
    public void Serve_WhatCannotBeServed_IsRefused()
    {
        CliProcess.Run("serve", _scratch.Store).Fails(1, "no such store");
        Directory.CreateDirectory(_scratch.Store);
        CliProcess.Run("serve", _scratch.Store, "--listen", "0.0.0.0").Fails(2, "--key-file");
        CliProcess.Run("serve", _scratch.Store, "--listen", "here").Fails(2, "no IP address");
        string keys = _scratch.Write("keys", "short\n");
        CliProcess.Run("serve", _scratch.Store, "--key-file", keys).Fails(2, "at least 16");
        _scratch.Write("keys", "# of the shop\n\n0123456789abcdef\nshort\n");
        CliProcess.Run("serve", _scratch.Store, "--key-file", keys).Fails(2, "line 4");
        CliProcess.Run("serve", _scratch.Store, "--key-file", _scratch.Root).Fails(2, "is a directory");
        CliProcess.Run("serve", _scratch.Store, "--allow-host", "shop:80").Fails(2, "without a port");
    }

    [Fact]
    public void Serve_WhereAnotherListens_IsOneLine()
    {
        Directory.CreateDirectory(_scratch.Store);
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        int port = ((System.Net.IPEndPoint)other.LocalEndpoint).Port;
        CliProcess.Result result = CliProcess.Run("serve", _scratch.Store, "--port", $"{port}");
        result.Fails(1, $"127.0.0.1:{port} cannot be listened on");
    }

    [Fact]
    public async Task Serve_Stopped_WaitsForNoHalfSentHead()
    {
        _scratch.MakeTrained(300, 20, StoreScratch.Least());
        using Process process = CliProcess.Start("serve", _scratch.Store, "--port", "0");
        try
        {
            var address = new Uri(Line(process).GetProperty("address").GetString()!);
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(address.Host, address.Port);
            await client.GetStream().WriteAsync("GET / HT"u8.ToArray());
            await Task.Delay(200);
            long start = Stopwatch.GetTimestamp();
            using (Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"])) kill.WaitForExit();
            Assert.True(process.WaitForExit(60_000));
            Assert.Equal(0, process.ExitCode);
            // Heads may take 10 s, and a stop 30 s.
            Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 8);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    [Fact]
    public void Metrics_AreTextOrOneObject()
    {
        _scratch.MakeTrained(300, 20, StoreScratch.Least());
        CliProcess.Result text = CliProcess.Run("metrics", _scratch.Store);
        Assert.Contains(
            "# TYPE embedengine_model_age_seconds gauge\n", text.Output, StringComparison.Ordinal);
        Assert.Contains(
            "embedengine_log_events{store=\"shop.ee\"} 300\n", text.Output, StringComparison.Ordinal);
        JsonElement json = CliProcess.Run("metrics", _scratch.Store, "--json").Json();
        Assert.Equal(300, json.GetProperty("embedengine_log_events").GetDouble());
        Assert.Equal(0, json.GetProperty("embedengine_log_pending_events").GetDouble());
        CliProcess.Run("metrics", Path.Combine(_scratch.Root, "none.ee")).Fails(1, "no such store");
    }
}
