// The log of `embedengine serve`: one JSON object a line on standard error, with the fields of each message
// beside its text. Escapes keep what a request sent on its line.

using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace EmbedEngine.Server.Hosting;

/// <summary>Writes log lines to a stream; a line that cannot be written (a full disk) is lost, and stops
/// nothing. Thread-safe.</summary>
internal sealed class JsonLog(Stream output) : ILoggerProvider
{
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Whether the host has started. What the framework says of a start that failed is thrown, too,
    /// and told by whoever started it.</summary>
    public bool HasStarted { get; set; }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(
        LogLevel level, string category, EventId id, string message, Exception? error, object? state)
    {
        lock (_gate)
        {
            _buffer.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(_buffer, ServeCall.JsonOptions))
            {
                json.WriteStartObject();
                string now =
                    DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
                json.WriteString("time", now);
                json.WriteString("level", level switch
                {
                    LogLevel.Trace or LogLevel.Debug => "debug",
                    LogLevel.Information => "info",
                    LogLevel.Warning => "warning",
                    _ => "error",
                });
                json.WriteString("event", id.Name ?? category);
                json.WriteString("message", message);
                foreach ((string name, object? value) in
                    state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
                {
                    if (name == "{OriginalFormat}") continue;
                    WriteField(json, JsonNamingPolicy.SnakeCaseLower.ConvertName(name), value);
                }
                if (error is not null) json.WriteString("error", error.ToString());
                json.WriteEndObject();
            }
            _buffer.Write("\n"u8);
            try
            {
                output.Write(_buffer.WrittenSpan);
                output.Flush();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Nobody is left to be told. A file at its limit is no IOException, but an argument's.
            }
        }
    }

    private static void WriteField(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case int number: json.WriteNumber(name, number); break;
            case long number: json.WriteNumber(name, number); break;
            case double number: json.WriteNumber(name, number); break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    private sealed class Category(JsonLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        // Kestrel tells of every bad request at information; what the host itself does is told by us.
        public bool IsEnabled(LogLevel logLevel) => name == "EmbedEngine.Server"
            ? logLevel >= LogLevel.Information : log.HasStarted && logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            log.Write(logLevel, name, eventId, formatter(state, exception), exception, state);
        }
    }
}
