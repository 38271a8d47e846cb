// Bundles whose checksums are right and whose content is not: numbers, parameters, section tables and names
// changed by somebody who then sealed the file again. Opening and asking end in an answer or in an error that
// says what is wrong; never in a defect, a hang or a signal.

using System.Buffers.Binary;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Storage;

public sealed class BundleMutantTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static int Mutants => TestScale.Count("EMBEDENGINE_MUTANTS", 1500, 20_000);

    [Fact]
    public void Mutants_WithRightChecksums_AreAnsweredOrRefusedInWords()
    {
        _scratch.MakeTrained(600, 40);
        string bundle = Path.Combine(_scratch.Root, "a.eeb"), mutant = Path.Combine(_scratch.Root, "m.eeb");
        using (Engine engine = _scratch.Open()) engine.RequireModel().WriteBundle(bundle);
        byte[] whole = File.ReadAllBytes(bundle);
        int seed = TestScale.Seed("EMBEDENGINE_MUTANTS");
        int refused = 0, answered = 0;
        for (int m = 0; m < Mutants; m++)
        {
            var random = new Random(seed + m);
            byte[] bytes = Mutate(whole, random);
            File.WriteAllBytes(mutant, bytes);
            try
            {
                Ask(mutant, m % 4 == 0 ? VerifyLevel.Full : VerifyLevel.Header);
                answered++;
            }
            catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt or ErrorCode.Format
                or ErrorCode.VersionMismatch or ErrorCode.Unknown or ErrorCode.NotFound)
            {
                Assert.Contains(mutant, e.Message, StringComparison.Ordinal);
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, mutant {m}: {e}");
            }
        }
        Assert.True(refused > 0 && answered > 0, $"{refused} refused, {answered} answered");
    }

    private static void Ask(string path, VerifyLevel verify)
    {
        using Model model = Model.OpenBundle(path, verify);
        var results = new RecommendedItem[5];
        for (int item = 0; item < 40; item += 7)
        {
            model.Recommend([new SessionEvent(item), new SessionEvent(item + 1)], results);
            foreach (string space in model.Spaces)
            {
                try
                {
                    model.Similar(item, results, space);
                }
                catch (EmbedEngineException e) when (e.Code == ErrorCode.Unknown)
                {
                    // No such item any more.
                }
            }
        }
        model.Popular(results);
    }

    /// <summary>
    /// One to three changes in one artifact or the manifest, then every checksum over them.
    /// </summary>
    private static byte[] Mutate(byte[] whole, Random random)
    {
        byte[] bytes = (byte[])whole.Clone();
        int entries = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(32));
        int at = 128 + random.Next(entries) * 104;
        int offset = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at + 80));
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at + 88));
        Span<byte> file = bytes.AsSpan(offset, length);
        bool manifest = bytes.AsSpan(at, 8).SequenceEqual("manifest"u8);
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int place = manifest ? random.Next(length) : Place(file, random);
            if (random.Next(3) == 0 && !manifest && place % 4 == 0 && place + 8 <= length)
                BinaryPrimitives.WriteInt32LittleEndian(file[place..], Odd(random));
            else file[place] = manifest ? (byte)random.Next(32, 127) : (byte)random.Next(256);
        }
        uint crc = manifest ? Crc32C.Compute(file) : Seal(file);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + 96), crc);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4092), Crc32C.Compute(bytes.AsSpan(0, 4092)));
        BundleFormat.EncodeFooter(bytes.AsSpan(0, 4096), bytes.Length)
            .CopyTo(bytes.AsSpan(bytes.Length - 24));
        return bytes;
    }

    private static int Odd(Random random) => random.Next(6) switch
    {
        0 => -1,
        1 => int.MaxValue,
        2 => int.MinValue,
        3 => 0,
        4 => random.Next(),
        _ => random.Next(1000),
    };

    /// <summary>In the header page (its numbers, parameters and section table), or in the sections.</summary>
    private static int Place(ReadOnlySpan<byte> file, Random random) => random.Next(4) switch
    {
        0 => random.Next(16, 136),
        1 => 144 + random.Next(200),
        2 => 1024 + random.Next(4 * 64),
        _ => file.Length <= 4096 + 24 ? random.Next(16, 136) : random.Next(4096, file.Length - 24),
    };

    /// <summary>
    /// Block checksums, header page and footer of an artifact; gives the header's checksum.
    /// </summary>
    internal static uint Seal(Span<byte> file)
    {
        long crcOffset = BinaryPrimitives.ReadInt64LittleEndian(file[80..]);
        long blocks = BinaryPrimitives.ReadInt64LittleEndian(file[88..]);
        int end = file.Length - 24;
        if (crcOffset >= 4096 && crcOffset <= end && blocks == (crcOffset - 4096 + 65535) / 65536
            && end - crcOffset == blocks * 4)
        {
            for (int b = 0; b < blocks; b++)
            {
                int from = 4096 + b * 65536, to = (int)Math.Min(from + 65536, crcOffset);
                BinaryPrimitives.WriteUInt32LittleEndian(
                    file[((int)crcOffset + b * 4)..], Crc32C.Compute(file[from..to]));
            }
            BinaryPrimitives.WriteUInt32LittleEndian(
                file[96..], Crc32C.Compute(file[(int)crcOffset..end]));
        }
        uint header = Crc32C.Compute(file[..4092]);
        BinaryPrimitives.WriteUInt32LittleEndian(file[4092..], header);
        ArtifactFormat.EncodeFooter(file.Length, header).CopyTo(file[end..]);
        return header;
    }
}
