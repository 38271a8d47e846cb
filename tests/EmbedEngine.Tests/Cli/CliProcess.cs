// The command line as a process of its own: $EMBEDENGINE_CLI where it is set (what ships), else the build
// beside the tests.

using System.Diagnostics;
using System.Text.Json;

namespace EmbedEngine.Tests.Cli;

internal static class CliProcess
{
    internal sealed record Result(int ExitCode, string Output, string Error)
    {
        /// <summary>Standard output as one JSON object and nothing else.</summary>
        public JsonElement Json()
        {
            Assert.True(ExitCode == 0, Error);
            Assert.Equal(1, Output.Count(c => c == '\n'));
            using JsonDocument document = JsonDocument.Parse(Output);
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
            return document.RootElement.Clone();
        }

        /// <summary>
        /// A failure with this exit code, nothing on standard output, and one line that says all of these.
        /// </summary>
        public void Fails(int code, params string[] says)
        {
            Assert.True(code == ExitCode, $"exit code {ExitCode}: {Error}{Output}");
            Assert.Equal("", Output);
            string line = Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            // With --json a failure is one object too, on standard error.
            if (line.StartsWith('{'))
            {
                using JsonDocument failure = JsonDocument.Parse(line);
                Assert.StartsWith("EE_E_", failure.RootElement.GetProperty("code").GetString());
                line = failure.RootElement.GetProperty("error").GetString()!;
            }
            else
            {
                Assert.StartsWith("embedengine: ", line);
            }
            foreach (string part in says) Assert.Contains(part, line, StringComparison.Ordinal);
        }
    }

    public static Process Start(params string[] arguments)
    {
        string? shipped = Environment.GetEnvironmentVariable("EMBEDENGINE_CLI");
        var start = new ProcessStartInfo(string.IsNullOrEmpty(shipped) ? Dotnet() : shipped)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        if (string.IsNullOrEmpty(shipped))
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "EmbedEngine.Cli.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        return process;
    }

    public static Result Run(params string[] arguments) => RunWith("", arguments);

    public static Result RunWith(string input, params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(600_000), string.Join(' ', arguments));
        return new Result(process.ExitCode, output, error.Result);
    }

    private static string Dotnet() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host
        ? host : "dotnet";
}
