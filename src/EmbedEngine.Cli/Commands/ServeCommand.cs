using System.CommandLine;
using System.Net;
using EmbedEngine.Server;
using EmbedEngine.Server.Hosting;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine serve STORE [--port 8080] [--listen ADDR --key-file F]</c></summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var port = new Option<int>("--port")
        {
            Description = "Port (default 8080); 0 = a free one, which the first log line names.",
            DefaultValueFactory = _ => 8080,
        };
        var listen = new Option<string>("--listen")
        {
            Description = "Address to listen on (default 127.0.0.1); one that others reach needs --key-file.",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var keyFile = new Option<string?>("--key-file")
        {
            Description = "File of keys, one a line (# begins a remark), each at least 16 characters: "
                + "requests must bring one.",
        };
        var hosts = new Option<string[]>("--allow-host")
        {
            Description = "Another name by which this server is asked (the Host header); may be repeated.",
        };
        var concurrency = new Option<int>("--max-concurrency")
        {
            Description = "Requests answered at once; one more is told to come again (default 64).",
            DefaultValueFactory = _ => new ServeOptions().MaxConcurrency,
        };
        var record = new Option<bool>("--record")
        {
            Description = "Record every answer and give it an id (docs/online.md).",
        };
        var log = new Option<bool>("--log-requests") { Description = "A log line for every request." };
        var json = new Option<bool>("--json")
        {
            Description = "An error that ends the command is one JSON object; the log is JSON lines anyway.",
        };
        var command = new Command(
            "serve", "Answer over HTTP, with a page to try it: docs/serve.md. The log is JSON lines on "
                + "standard error.")
        {
            store, port, listen, keyFile, hosts, concurrency, record, log, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            string text = parsed.GetRequiredValue(listen);
            if (!IPAddress.TryParse(text, out IPAddress? address))
                throw new ArgumentException($"--listen '{text}' is no IP address");
            string path = parsed.GetRequiredValue(store);
            if (!Directory.Exists(path))
                throw new EmbedEngineException(ErrorCode.NotFound, $"{path}: no such store");
            ServeHost.Run(path, new ServeHostOptions
            {
                Address = address, Port = parsed.GetValue(port),
                AllowedHosts = parsed.GetValue(hosts) ?? [],
                Serve = new ServeOptions
                {
                    Keys = parsed.GetValue(keyFile) is { } file ? ReadKeys(file) : [],
                    MaxConcurrency = parsed.GetValue(concurrency),
                    LogRequests = parsed.GetValue(log),
                    RecordAnswers = parsed.GetValue(record),
                },
            }, cancellation);
        }));
        return command;
    }

    private static string[] ReadKeys(string file)
    {
        if (Directory.Exists(file)) throw new ArgumentException($"--key-file {file} is a directory");
        if (!File.Exists(file)) throw new EmbedEngineException(ErrorCode.NotFound, $"{file}: no such file");
        var keys = new List<string>();
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            string key = line.Trim();
            if (key.Length == 0 || key.StartsWith('#')) continue;
            if (key.Length < ServeOptions.ShortestKey)
            {
                throw new ArgumentException(
                    $"--key-file {file}, line {number}: a key has at least {ServeOptions.ShortestKey} "
                    + "characters");
            }
            keys.Add(key);
        }
        return keys.Count > 0 ? [.. keys] : throw new ArgumentException($"--key-file {file} holds no key");
    }
}
