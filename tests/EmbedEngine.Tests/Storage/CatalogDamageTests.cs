// A flipped byte or a cut end of catalog.db or its log: opening, verifying, asking and recommending end with
// an error that names the file, or with the very answer of before. The answers that differ are the ones that
// matter: none may.

using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Tests.Storage;

public sealed class CatalogDamageTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public CatalogDamageTests()
    {
        _scratch.MakeTrained(150, 10);
        using Engine engine = _scratch.Open();
        engine.SetAlias("stable", 1);
    }

    public void Dispose() => _scratch.Dispose();

    /// <summary>Every n-th byte; 1 takes about an hour.</summary>
    private static int Step => TestScale.Count("EMBEDENGINE_CATALOG_STEP", 211, 23);

    private string File_ => Path.Combine(_scratch.Store, CatalogFile.FileName);

    private sealed record Outcome(string Info, string Answers, string Versions, string Aliases);

    [Fact]
    public void Catalog_AnyByteFlipped_IsAnErrorNamingIt_OrTheSameAnswer()
    {
        byte[] bytes = File.ReadAllBytes(File_);
        Outcome sound = Ask()!;
        int step = Step, errors = 0, found = 0;
        for (int at = 0; at < bytes.Length; at += step)
        {
            int bit = 1 << (at / step % 8);
            Put(bytes, at, bit);
            if (Ask() is not Outcome outcome) errors++;
            else Assert.True(outcome == sound, $"byte {at} ^ {bit}: {outcome}");
            if (!Verified()) found++;
        }
        Restore(bytes);
        Assert.Equal(sound, Ask());
        Assert.True(Verified());
        Assert.True(found >= errors && errors > 0, $"{errors} errors, verify found {found}");
    }

    [Fact]
    public void Catalog_AnyPrefix_IsAnErrorNamingIt_OrTheSameAnswer()
    {
        byte[] bytes = File.ReadAllBytes(File_);
        Outcome sound = Ask()!;
        for (int length = bytes.Length - 1; length >= 0; length -= 5 * Step - 4)
        {
            Restore(bytes[..length]);
            if (Ask() is Outcome outcome) Assert.True(outcome == sound, $"length {length}");
            Assert.False(Verified(), $"length {length}");
        }
    }

    /// <summary>
    /// SQLite ends its log at the first frame whose checksum is wrong: damage there gives the state before,
    /// whole. That is SQLite's promise and ours; a lost last commit in a damaged log is not told from one
    /// that never came.
    /// </summary>
    [Fact]
    public void Log_AnyByteFlippedOrAnyPrefix_IsTheStateBeforeOrAfter_OrAnErrorNamingIt()
    {
        Outcome before = Ask()!;
        using (Engine holder = _scratch.Open())
        using (var keep = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File_};Pooling=False"))
        {
            keep.Open(); // The last connection to close would fold the log into the file.
            using var command = keep.CreateCommand();
            command.CommandText = "SELECT count(*) FROM meta";
            command.ExecuteScalar();
            holder.SetAlias("later", 1);
            Directory.CreateDirectory(Path.Combine(_scratch.Root, "kept"));
            foreach (string side in (string[])["", "-wal"])
                File.Copy(File_ + side, Path.Combine(_scratch.Root, "kept", "c" + side));
        }
        byte[] database = File.ReadAllBytes(Path.Combine(_scratch.Root, "kept", "c"));
        byte[] log = File.ReadAllBytes(Path.Combine(_scratch.Root, "kept", "c-wal"));
        Assert.NotEmpty(log);
        RestoreWith(log);
        Outcome after = Ask()!;
        Assert.NotEqual(before, after);
        for (int at = 0; at < log.Length; at += 2 * Step - 1)
        {
            byte[] damaged = [.. log];
            damaged[at] ^= (byte)(1 << (at % 8));
            foreach (byte[] bytes in new[] { damaged, log[..at] })
            {
                RestoreWith(bytes);
                if (Ask() is Outcome outcome)
                    Assert.True(outcome == before || outcome == after, $"byte {at}: {outcome}");
            }
        }

        void RestoreWith(byte[] bytes)
        {
            Restore(database);
            File.WriteAllBytes(File_ + "-wal", bytes);
        }
    }

    [Fact]
    public void FlippedNumberInAKey_VerifyFullNamesIt_AndTrainingRefuses()
    {
        using (var connection =
            new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File_};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE item_key SET key = key + 1000000 WHERE ordinal = 3";
            Assert.Equal(1, command.ExecuteNonQuery());
        }
        using Engine engine = _scratch.Open();
        Assert.Empty(engine.Verify().Faults);
        Assert.Contains(
            "item_key", Assert.Single(engine.Verify(full: true).Faults).Problem, StringComparison.Ordinal);
        var e = Assert.Throws<EmbedEngineException>(() => engine.Train(StoreScratch.Tiny()));
        Assert.Equal(ErrorCode.Corrupt, e.Code);
        Assert.Contains(CatalogFile.FileName, e.Message, StringComparison.Ordinal);
    }

    /// <summary>What a user sees; null where an error that names the file says why not.</summary>
    private Outcome? Ask()
    {
        try
        {
            using Engine engine = _scratch.Open();
            if (engine.Problem is { } problem) throw problem;
            return new Outcome(
                engine.Info().ToString(), StoreScratch.Answers(engine),
                string.Join(';', engine.Versions()), string.Join(';', engine.Aliases()));
        }
        catch (EmbedEngineException e)
        {
            Assert.True(e.Code is ErrorCode.Corrupt or ErrorCode.Format or ErrorCode.Io or ErrorCode.NotFound,
                e.ToString());
            Assert.Contains(CatalogFile.FileName, e.Message, StringComparison.Ordinal);
            return null;
        }
    }

    private bool Verified()
    {
        try
        {
            using Engine engine = _scratch.Open();
            return engine.Verify(full: true).Faults.Count == 0;
        }
        catch (EmbedEngineException)
        {
            return false;
        }
    }

    private void Put(byte[] bytes, int at, int bits)
    {
        byte old = bytes[at];
        bytes[at] ^= (byte)bits;
        Restore(bytes);
        bytes[at] = old;
    }

    private void Restore(byte[] bytes)
    {
        foreach (string side in (string[])["-wal", "-shm"]) File.Delete(File_ + side);
        File.WriteAllBytes(File_, bytes);
    }
}
