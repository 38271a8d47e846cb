using System.Text.Json;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary>Recommendations for a file of sessions, line by line.</summary>
internal static class BatchFile
{
    /// <summary>Answers every line; returns how many there were.</summary>
    public static int Run(
        Model model, string input, string output, int k, RecommendOptions options, bool explain,
        CancellationToken cancellation)
    {
        // The answers appear under their name when all are there: a reader never sees half a file.
        string temporary = output + ".part";
        try
        {
            int sessions = Write(model, input, output == "-" ? null : temporary, k, options, explain, cancellation);
            if (output != "-") File.Move(temporary, output, overwrite: true);
            return sessions;
        }
        catch
        {
            if (output != "-") File.Delete(temporary);
            throw;
        }
    }

    private static int Write(
        Model model, string input, string? file, int k, RecommendOptions options, bool explain,
        CancellationToken cancellation)
    {
        using (StreamReader reader = OpenInput(input))
        using (TextWriter writer = file is null ? Console.Out : new StreamWriter(file))
        {
            var results = new RecommendedItem[k];
            int number = 0, sessions = 0;
            while (reader.ReadLine() is string line)
            {
                cancellation.ThrowIfCancellationRequested();
                number++;
                if (string.IsNullOrWhiteSpace(line)) continue;
                writer.WriteLine(Answer(model, line, $"{input}:{number}", results, options, explain));
                sessions++;
            }
            return sessions;
        }
    }

    private static StreamReader OpenInput(string input)
    {
        try
        {
            return input == "-" ? new StreamReader(Console.OpenStandardInput()) : new StreamReader(input);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbedEngineException(ErrorCode.NotFound, $"{input}: {e.Message}", e);
        }
    }

    private static string Answer(
        Model model, string line, string place, RecommendedItem[] results, RecommendOptions options, bool explain)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            SessionEvent[] events = SessionText.ParseLine(model, document.RootElement);
            RecommendResult answer = model.Recommend(events, results, options);
            return JsonOutput.Line(json =>
            {
                foreach (string name in (string[])["session_id", "session"])
                {
                    if (!document.RootElement.TryGetProperty(name, out JsonElement id)) continue;
                    json.WritePropertyName(name);
                    id.WriteTo(json);
                }
                RecommendCommand.WriteAnswer(json, model, results.AsSpan(0, answer.Count), answer, explain);
            });
        }
        catch (Exception e) when (e is JsonException or ArgumentException or EmbedEngineException
            or InvalidOperationException or FormatException)
        {
            throw new EmbedEngineException(ErrorCode.BadInput, $"{place}: {e.Message}", e);
        }
    }
}
